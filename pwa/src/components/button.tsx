import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon';

/** True only after `active` lasted longer than `after` ms: short waits stay quiet. */
export function useSlow(active: boolean, after = 400): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!active) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), after);
    return () => clearTimeout(timer);
  }, [active, after]);
  return active && slow;
}

type ButtonAttributes = Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'onClick' | 'icon' | 'size' | 'disabled'>;

export interface ButtonProps extends ButtonAttributes {
  kind?: 'primary' | 'secondary' | 'ghost' | 'danger';
  /** Cannot be pressed again; the spinner comes after 400 ms. A promise from `onClick` does the same. */
  busy?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Makes it a link that looks like a button. */
  href?: string | undefined;
  icon?: IconName;
  wide?: boolean;
  small?: boolean;
  type?: 'button' | 'submit';
  onClick?: ((event: MouseEvent) => unknown) | undefined;
  children?: ComponentChildren;
}

export function Button({
  kind = 'secondary',
  busy,
  disabled,
  href,
  icon,
  wide,
  small,
  type = 'button',
  onClick,
  children,
  class: extra,
  ...rest
}: ButtonProps) {
  const [running, setRunning] = useState(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const waiting = busy || running;
  const slow = useSlow(waiting);
  const look = ['button', `button-${kind}`, wide && 'button-wide', small && 'button-small', extra]
    .filter(Boolean)
    .join(' ');
  const inside = (
    <>
      {slow ? <span class="spinner" /> : icon && <Icon name={icon} size={20} />}
      <span>{children}</span>
    </>
  );

  if (href !== undefined) {
    return (
      <a class={look} href={href} onClick={onClick} id={rest.id as string | undefined}>
        {inside}
      </a>
    );
  }
  const press = (event: MouseEvent) => {
    if (waiting) return;
    const result = onClick?.(event);
    if (!(result instanceof Promise)) return;
    setRunning(true);
    const done = () => {
      if (alive.current) setRunning(false);
    };
    // The caller's own promise still rejects; here only the button comes back to life.
    result.then(done, done);
  };
  return (
    <button
      {...rest}
      type={type}
      class={look}
      disabled={disabled}
      aria-disabled={waiting || undefined}
      aria-busy={slow || undefined}
      onClick={waiting && type === 'submit' ? (event) => event.preventDefault() : press}
    >
      {inside}
    </button>
  );
}

export interface IconButtonProps {
  icon: IconName;
  /** Read out, and shown as the tooltip. */
  label: string;
  onClick?: (event: MouseEvent) => void;
  href?: string;
  pressed?: boolean;
  disabled?: boolean;
}

export function IconButton({ icon, label, onClick, href, pressed, disabled }: IconButtonProps) {
  if (href !== undefined) {
    return (
      <a class="icon-button" href={href} aria-label={label} title={label} onClick={onClick}>
        <Icon name={icon} />
      </a>
    );
  }
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
