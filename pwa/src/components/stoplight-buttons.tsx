import { useRef } from 'preact/hooks';
import { useFourKeys } from '../lib/keys';
import { FOUR, type Stoplight, StoplightSymbol, stoplightName } from './stoplight';

export interface StoplightButtonsProps {
  value: Stoplight | null;
  onChange: (light: Stoplight) => void;
  /** What is rated, such as the name of the student. */
  label: string;
  disabled?: boolean;
  /** Listen to the keys 1 to 4 on the whole page, except while somebody types. */
  keys?: boolean;
  size?: 'large' | 'small';
}

/**
 * The four stoplights as one choice. The arrow keys only move along the four: as choosing saves, a choice takes
 * Enter, Space or its number. A tap on the chosen one is reported again.
 */
export function StoplightButtons({
  value,
  onChange,
  label,
  disabled = false,
  keys = false,
  size = 'large',
}: StoplightButtonsProps) {
  const group = useRef<HTMLDivElement>(null);
  const choose = (index: number) => {
    const light = FOUR[index];
    if (light && !disabled) onChange(light);
  };
  useFourKeys(keys && !disabled ? choose : null);

  const onKeyDown = (event: KeyboardEvent) => {
    const number = Number(event.key);
    if (!keys && number >= 1 && number <= 4) {
      event.preventDefault();
      choose(number - 1);
      return;
    }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...(group.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };

  const tabStop = FOUR.some((light) => light === value) ? value : FOUR[0];
  return (
    <div class="four-box">
      <div
        ref={group}
        class={`four four-${size}`}
        role="radiogroup"
        aria-label={label}
        aria-disabled={disabled}
        onKeyDown={onKeyDown}
      >
        {FOUR.map((light, index) => (
          // biome-ignore lint/a11y/useSemanticElements: a native radio would choose, and so save, at every arrow key.
          <button
            key={light}
            type="button"
            role="radio"
            class={`four-button tint-${light}`}
            aria-checked={value === light}
            tabIndex={light === tabStop ? 0 : -1}
            disabled={disabled}
            onClick={() => choose(index)}
          >
            <StoplightSymbol light={light} size={size === 'large' ? 34 : 24} />
            <span>{stoplightName(light)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** The honest fifth: no picture yet. Quiet, and never among the four. */
export function NoPictureButton({
  pressed,
  onPress,
  disabled = false,
}: {
  pressed: boolean;
  onPress: () => void;
  disabled?: boolean;
}) {
  return (
    <button type="button" class="chip no-picture" aria-pressed={pressed} disabled={disabled} onClick={onPress}>
      <StoplightSymbol light="no_picture" size={20} />
      {stoplightName('no_picture')}
    </button>
  );
}
