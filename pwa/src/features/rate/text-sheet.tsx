import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  Button,
  Chip,
  Field,
  Hint,
  NoPictureButton,
  Sheet,
  StoplightButtons,
  StoplightLabel,
  stoplightName,
} from '../../components';
import { type Current, same } from '../../lib/conflict';
import { type MessageKey, t } from '../../lib/i18n';
import type { Rating, Row } from './rating';
import { withStarter } from './starter';
import { afterFrame, soon } from './swiping';
import { Words, whenWritten } from './words';

const STARTERS = {
  remark: ['rate.start.remark_1', 'rate.start.remark_2', 'rate.start.remark_3'],
  action: ['rate.start.action_1', 'rate.start.action_2', 'rate.start.action_3'],
  reason: ['rate.start.reason_1', 'rate.start.reason_2', 'rate.start.reason_3'],
} as const satisfies Record<string, readonly MessageKey[]>;

type TextField = 'remark' | 'action';

export default function TextSheet({ rating }: { rating: Rating }) {
  const open = rating.writing.value;
  const row = rating.row(open?.student ?? null);
  const kept = useRef(row);
  if (row) kept.current = row;
  const shown = row ?? kept.current;
  if (!shown) return null;
  const light = shown.content.stoplight;
  const close = () => afterFrame(() => rating.written());
  return (
    <Sheet
      open={!!row}
      onClose={close}
      pace={soon}
      title={shown.student.name}
      subtitle={
        <span class="rate-sheet-sub">
          {light ? <StoplightLabel light={light} size={20} /> : rating.sheet.value.group.subject}
          <Also row={shown} />
        </span>
      }
      footer={
        <Button kind="primary" wide onClick={close}>
          {open?.leads === 'next' ? t('rate.next') : t('rate.ready')}
        </Button>
      }
    >
      <Fields key={shown.student.id} rating={rating} row={shown} open={!!row} />
    </Sheet>
  );
}

function Fields({ rating, row, open }: { rating: Rating; row: Row; open: boolean }) {
  const { content, student } = row;
  const light = content.stoplight;
  // The caret begins in the field that is red, else in the remark, behind what is there; and stays when that changes.
  const first = useRef<TextField>('remark');
  const was = useRef(false);
  if (open && !was.current) first.current = row.missing[0] === 'action' ? 'action' : 'remark';
  was.current = open;
  const [at, setAt] = useState<TextField>(first.current);
  const fields = useRef<Partial<Record<TextField, HTMLInputElement | HTMLTextAreaElement>>>({});
  const given = student.name.split(' ')[0] ?? student.name;

  useLayoutEffect(() => {
    const field = fields.current[first.current];
    if (open) field?.setSelectionRange(field.value.length, field.value.length);
  }, [open]);
  const theirs = theirsOf(row);
  useStill(open && `${theirs?.updated_at} ${row.by && theirs && same(theirs, content)} ${light}`);
  const all = useNextFrame();

  const start = (field: TextField, starter: string) => {
    rating.write(student.id, { [field]: withStarter(content[field], starter) });
    const target = fields.current[field];
    target?.focus();
    requestAnimationFrame(() => target?.setSelectionRange(target.value.length, target.value.length));
  };
  const starters = (field: TextField, kind: keyof typeof STARTERS) =>
    all &&
    at === field && (
      <div class="rate-starters">
        {STARTERS[kind].map((key) => (
          <Chip key={key} onClick={() => start(field, kind === 'reason' ? `${t(key)}.` : t(key))}>
            {kind === 'reason' ? t(key) : `${t(key)}…`}
          </Chip>
        ))}
      </div>
    );
  const field = (
    name: TextField,
    label: string,
    hint: string,
    kind: keyof typeof STARTERS,
    placeholder: string,
    red: boolean,
  ) => (
    <Field
      multiline
      minRows={2}
      label={label}
      hint={red ? t('rate.required', { light: light ? stoplightName(light) : '' }) : hint}
      value={content[name]}
      required={red}
      autoFocus={open && name === first.current}
      placeholder={placeholder}
      disabled={!row.writable}
      onInput={(text) => rating.write(student.id, { [name]: text })}
      onFocus={() => setAt(name)}
      inputRef={(element) => {
        if (element) fields.current[name] = element;
      }}
      after={starters(name, kind)}
    />
  );

  const rule = light ? rating.sheet.value.round.required[light] : undefined;
  return (
    <>
      <Colleague row={row} />
      {light === 'no_picture' ? (
        field('remark', t('rate.reason'), t('rate.reason_hint'), 'reason', t('rate.reason_place'), true)
      ) : (
        <>
          {field(
            'remark',
            t('subject.remark'),
            t('rate.remark_hint'),
            'remark',
            t('rate.remark_place', { name: given }),
            !!rule?.remark,
          )}
          {field(
            'action',
            t('subject.action'),
            t('rate.action_hint'),
            'action',
            t('rate.action_place', { name: given }),
            !!rule?.action,
          )}
        </>
      )}
      {all && (
        <div class="rate-change">
          <p class="label">{light ? t('rate.change') : t('rate.col_light')}</p>
          <StoplightButtons
            size="small"
            value={light}
            label={t('rate.rate', { name: student.name })}
            disabled={!row.writable}
            onChange={(to) => rating.choose(student.id, to)}
          />
          <NoPictureButton
            pressed={light === 'no_picture'}
            disabled={!row.writable}
            onPress={() => rating.choose(student.id, 'no_picture')}
          />
        </div>
      )}
    </>
  );
}

/** What a colleague has written: as the page tells it, or as the server said when it refused to lay mine over it. */
function theirsOf({ colleague, waiting }: Row): Required<Current> | null {
  if (colleague) return colleague;
  const current = waiting?.trouble?.kind === 'stale' ? waiting.trouble.current : null;
  return current?.author && current.updated_at && current.author.id !== waiting?.person
    ? (current as Required<Current>)
    : null;
}

/** A colleague's words, above one's own: with name and time, and word for word where the fields do not show them. */
function Colleague({ row }: { row: Row }) {
  const theirs = theirsOf(row);
  if (!theirs) return null;
  return (
    <Hint>
      <div class="rate-theirs stack tight">
        <p>{t('rate.theirs', { name: theirs.author.name, when: whenWritten(theirs.updated_at) })}</p>
        {row.by && same(theirs, row.content) ? (
          <p class="small soft">{t('rate.theirs_note')}</p>
        ) : (
          <>
            <Words content={theirs} />
            <p class="small soft">{t('rate.theirs_kept')}</p>
          </>
        )}
      </div>
    </Hint>
  );
}

/** Their words may have come in above what is seen: the way to them, without leaving the field. */
function Also({ row }: { row: Row }) {
  const theirs = theirsOf(row);
  if (!theirs || row.by) return null;
  return (
    <button
      type="button"
      class="text-button"
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        // They stand at the top; scrollIntoView would move the dialog as well.
        const words = document.querySelector('.rate-theirs')?.closest('.sheet-body');
        if (words) words.scrollTop = 0;
      }}
    >
      {t('rate.also', { name: theirs.author.name })}
    </button>
  );
}

/**
 * False while the sheet is made and in the frame that opens it, true from the next one on. What a slow phone has to lay out within the tap is
 * the field with the caret; the rest is there before the sheet has come up.
 */
function useNextFrame(): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setThere(true));
    return () => cancelAnimationFrame(frame);
  }, []);
  return there;
}

/** Whatever comes in above it, the field that one types in stays where it is. `above`: what stands there; false: closed. */
function useStill(above: string | false): void {
  const was = useRef(above);
  // Asking where it is lays the page out: not for each letter.
  const field =
    above && above !== was.current ? document.activeElement?.closest<HTMLElement>('.sheet-body .input') : null;
  was.current = above;
  const top = field?.getBoundingClientRect().top;
  useLayoutEffect(() => {
    const scrolls = field?.closest('.sheet-body');
    if (!field || !scrolls || top === undefined || document.activeElement !== field) return;
    const moved = field.getBoundingClientRect().top - top;
    if (Math.abs(moved) > 1) scrolls.scrollTop += moved;
  });
}
