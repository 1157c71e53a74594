import type { ComponentChildren, Ref } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../lib/i18n';

/** The longest text the server takes, in characters. */
export const MAX_TEXT = 2000;
const COUNTER_FROM = 250;

interface Frame {
  label: string;
  /** Right of the label: what the field is about, or why it is required. */
  hint?: string | undefined;
  /** Below the field. */
  help?: string | undefined;
  /** What is wrong, in words; also below the field. */
  error?: string | undefined;
  disabled?: boolean | undefined;
}

interface Ids {
  id: string;
  describedBy: string | undefined;
}

function Framed({
  label,
  hint,
  help,
  error,
  note,
  children,
  after,
}: Frame & {
  note?: string | undefined;
  after?: ComponentChildren;
  children: (ids: Ids) => ComponentChildren;
}) {
  const id = useId();
  const parts = [hint && 'hint', error && 'error', help && 'help', note && 'note'].filter(Boolean);
  return (
    <div class="field">
      <div class="field-top">
        <label class="label" for={id}>
          {label}
        </label>
        {hint && (
          <span id={`${id}hint`} class="small soft">
            {hint}
          </span>
        )}
      </div>
      {children({ id, describedBy: parts.length ? parts.map((part) => id + part).join(' ') : undefined })}
      {error && (
        <p id={`${id}error`} class="small ink-warning">
          {error}
        </p>
      )}
      {help && (
        <p id={`${id}help`} class="small soft">
          {help}
        </p>
      )}
      {note && (
        <p id={`${id}note`} class="small soft numeric">
          {note}
        </p>
      )}
      {after}
    </div>
  );
}

export interface FieldProps extends Frame {
  value: string;
  onInput: (text: string) => void;
  /** Red as long as it is empty. */
  required?: boolean | undefined;
  /** A text of several lines that grows while one types. */
  multiline?: boolean | undefined;
  /** Longest length in characters; near it a counter appears. Nothing typed is ever cut off. */
  max?: number | undefined;
  minRows?: number | undefined;
  placeholder?: string | undefined;
  type?: 'text' | 'search' | 'email' | 'number' | undefined;
  inputRef?: Ref<HTMLInputElement | HTMLTextAreaElement> | undefined;
  autoFocus?: boolean | undefined;
  onBlur?: ((event: FocusEvent) => void) | undefined;
  onFocus?: ((event: FocusEvent) => void) | undefined;
  /** Below everything: writing hints, sentence starters. */
  after?: ComponentChildren;
}

export function Field(props: FieldProps) {
  const { value, onInput, required, multiline, max = MAX_TEXT, minRows = 3, placeholder, type = 'text', after } = props;
  const own = useRef<HTMLTextAreaElement | HTMLInputElement>(null);
  const left = max - value.length;
  const tooLong = left < 0 ? t('field.too_long', { n: -left }) : undefined;
  const error = props.error ?? tooLong;
  const empty = required && value.trim() === '';

  useLayoutEffect(() => {
    const area = own.current;
    if (!multiline || !area || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [value, multiline]);
  useLayoutEffect(() => {
    // A dialog that is about to open focuses it itself; asking before that lays the whole page out for nothing.
    if (props.autoFocus && !own.current?.closest('dialog:not([open])')) own.current?.focus();
  }, [props.autoFocus]);

  const setRef = (element: HTMLTextAreaElement | HTMLInputElement | null) => {
    own.current = element;
    const given = props.inputRef;
    if (typeof given === 'function') given(element);
    else if (given) given.current = element;
  };
  return (
    <Framed
      label={props.label}
      hint={props.hint}
      help={props.help}
      error={error}
      note={left >= 0 && left <= COUNTER_FROM && max > COUNTER_FROM ? t('field.left', { n: left }) : undefined}
      after={after}
    >
      {({ id, describedBy }) => {
        const shared = {
          id,
          value,
          placeholder,
          ref: setRef,
          'data-autofocus': props.autoFocus || undefined,
          disabled: props.disabled,
          class: empty ? 'input input-missing' : 'input',
          'aria-describedby': describedBy,
          'aria-required': required || undefined,
          'aria-invalid': error ? true : undefined,
          onInput: (event: Event) => onInput((event.currentTarget as HTMLInputElement).value),
          onBlur: props.onBlur,
          onFocus: props.onFocus,
        };
        return multiline ? (
          <textarea rows={minRows} style={{ '--rows': minRows }} {...shared} />
        ) : (
          <input type={type} {...shared} />
        );
      }}
    </Framed>
  );
}

export interface DateFieldProps extends Frame {
  /** `YYYY-MM-DD`, with `time` `YYYY-MM-DDTHH:mm`, as the clock of the school shows it. */
  value: string;
  onInput: (value: string) => void;
  time?: boolean | undefined;
  min?: string | undefined;
  max?: string | undefined;
  required?: boolean | undefined;
}

export function DateField({ value, onInput, time, min, max, required, ...frame }: DateFieldProps) {
  return (
    <Framed {...frame}>
      {({ id, describedBy }) => (
        <input
          id={id}
          class={required && value === '' ? 'input input-missing' : 'input'}
          type={time ? 'datetime-local' : 'date'}
          value={value}
          min={min}
          max={max}
          disabled={frame.disabled}
          aria-describedby={describedBy}
          aria-required={required || undefined}
          aria-invalid={frame.error ? true : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Framed>
  );
}

export interface Option<V extends string = string> {
  value: V;
  label: string;
}

export interface SelectFieldProps<V extends string> extends Frame {
  value: V;
  options: readonly Option<V>[];
  onInput: (value: V) => void;
}

export function SelectField<V extends string>({ value, options, onInput, ...frame }: SelectFieldProps<V>) {
  return (
    <Framed {...frame}>
      {({ id, describedBy }) => (
        <select
          id={id}
          class="input select"
          value={value}
          disabled={frame.disabled}
          aria-describedby={describedBy}
          aria-invalid={frame.error ? true : undefined}
          onChange={(event) => onInput(event.currentTarget.value as V)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Framed>
  );
}
