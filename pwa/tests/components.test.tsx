import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { screenAt } from '../src/app';
import { Button, Field, FOUR, SaveState, StoplightButtons, StoplightStrip } from '../src/components';
import { Modal } from '../src/components/modal';

afterEach(cleanup);

describe('the four stoplights', () => {
  test('stand in the order that everybody learns, each with its word', () => {
    render(<StoplightButtons value={null} onChange={() => undefined} label="Zoë" />);
    expect(screen.getAllByRole('radio').map((button) => button.textContent)).toEqual([
      'Excellent',
      'Ga zo door',
      'Let op',
      'Pas op',
    ]);
  });

  test.each([1, 2, 3, 4])('key %i chooses', (number) => {
    const onChange = vi.fn();
    render(<StoplightButtons value={null} onChange={onChange} label="Zoë" keys />);
    fireEvent.keyDown(document.body, { key: String(number) });
    expect(onChange).toHaveBeenCalledExactlyOnceWith(FOUR[number - 1]);
  });

  test('keys stay with who types', () => {
    const onChange = vi.fn();
    render(
      <>
        <StoplightButtons value={null} onChange={onChange} label="Zoë" keys />
        <Field label="Opmerking" value="" onInput={() => undefined} multiline />
      </>,
    );
    fireEvent.keyDown(screen.getByLabelText('Opmerking'), { key: '4' });
    expect(onChange).not.toHaveBeenCalled();
  });

  test('arrows move without choosing, as choosing saves', () => {
    const onChange = vi.fn();
    render(<StoplightButtons value="on_track" onChange={onChange} label="Zoë" />);
    const buttons = screen.getAllByRole('radio');
    buttons[1]?.focus();
    fireEvent.keyDown(buttons[1] as HTMLElement, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(buttons[2]);
    expect(onChange).not.toHaveBeenCalled();
  });

  test('a tap on the chosen one is told again', () => {
    const onChange = vi.fn();
    render(<StoplightButtons value="warning" onChange={onChange} label="Zoë" />);
    fireEvent.click(screen.getByText('Pas op'));
    expect(onChange).toHaveBeenCalledWith('warning');
  });

  test('a strip is one sentence for who cannot see it', () => {
    render(
      <StoplightStrip
        items={[
          { light: 'attention', name: 'Nederlands' },
          { light: null, name: 'Engels' },
        ]}
      />,
    );
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('Nederlands: Let op, Engels: nog niets');
  });
});

describe('a button', () => {
  test('cannot be pressed twice while its promise runs', async () => {
    let finish: () => void = () => undefined;
    const onClick = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    render(<Button onClick={onClick}>Deel</Button>);
    const button = screen.getByRole('button');
    fireEvent.click(button);
    fireEvent.click(button);
    expect(onClick).toHaveBeenCalledTimes(1);
    finish();
    await vi.waitFor(() => expect(button.hasAttribute('aria-disabled')).toBe(false));
    fireEvent.click(button);
    expect(onClick).toHaveBeenCalledTimes(2);
  });
});

describe('a field', () => {
  test('that is required is marked as long as it is empty', () => {
    const { rerender } = render(<Field label="Actie" value="  " onInput={() => undefined} required multiline />);
    expect(screen.getByLabelText('Actie').className).toContain('input-missing');
    rerender(<Field label="Actie" value="Lees" onInput={() => undefined} required multiline />);
    expect(screen.getByLabelText('Actie').className).not.toContain('input-missing');
  });

  test('counts near the end and never cuts off', () => {
    render(<Field label="Opmerking" value={'a'.repeat(2003)} onInput={() => undefined} multiline />);
    const field = screen.getByLabelText<HTMLTextAreaElement>('Opmerking');
    expect(field.value).toHaveLength(2003);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('3 tekens te veel')).toBeTruthy();
  });
});

test('while it is being sent a text is safe on the phone only', () => {
  render(<SaveState state="saving" />);
  expect(screen.getByText('Op je telefoon')).toBeTruthy();
  expect(screen.queryByText('Bewaard')).toBeNull();
});

test.each([
  ['/organise/new', '/organise/new'],
  ['/organise/42', '/organise/:round'],
  ['/rounds/1/students/2', '/rounds/:round/students/:student'],
  ['/students', '/students'],
])('%s is answered by %s', (path, pattern) => expect(screenAt(path)?.path).toBe(pattern));

test('an address that leads nowhere has no screen', () => expect(screenAt('/rounds/1/students')).toBeUndefined());

describe('what lies over the page', () => {
  function shown() {
    const onClose = vi.fn();
    render(
      <Modal open onClose={onClose} kind="dialog" labelledBy="title">
        <h2 id="title">Zeker weten?</h2>
      </Modal>,
    );
    return { onClose, dialog: screen.getByRole('dialog', { hidden: true }) as HTMLDialogElement };
  }

  test('is closed when the browser closes it', () => {
    const { onClose, dialog } = shown();
    dialog.open = false;
    fireEvent(dialog, new Event('close'));
    expect(onClose).toHaveBeenCalled();
  });

  test('stays where a second question opened before the end of the first was told', () => {
    const { onClose, dialog } = shown();
    expect(dialog.open).toBe(true);
    fireEvent(dialog, new Event('close'));
    expect(onClose).not.toHaveBeenCalled();
  });
});
