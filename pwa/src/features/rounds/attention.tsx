import { useEffect } from 'preact/hooks';
import { Button, confirm, StoplightLabel, toast } from '../../components';
import { api } from '../../lib/api';
import { contentOf, type Waiting } from '../../lib/conflict';
import { t } from '../../lib/i18n';
import { nameOf, type Outbox } from '../../lib/outbox';
import { me } from '../../lib/session';
import { useSignal } from '../../lib/signals';
import { CompareSheet } from '../rate/compare-sheet';
import type { GroupSheet } from '../rate/types';

/** Why a text did not go through, in words. */
function reason({ trouble }: Waiting): string {
  switch (trouble?.kind) {
    case 'stale': {
      const { author } = trouble.current;
      // Oneself on another device is not somebody else.
      return author && author.id !== me.value?.id
        ? t('rounds.why_stale', { name: author.name })
        : t('rounds.why_stale_unknown');
    }
    case 'closed':
      return trouble.kept ? t('rounds.why_closed_kept') : t('rounds.why_closed');
    case 'gone':
      return t('rounds.why_gone');
    case 'refused':
      return trouble.detail || trouble.title;
    default:
      return '';
  }
}

/** A text as one would paste it elsewhere. */
export function asText({ label, content }: Waiting): string {
  return [`${label.student} · ${label.group}`, content.remark, content.action]
    .filter((part) => part.trim())
    .join('\n\n');
}

/** A late text may have been accepted since; then it is with its group, and need not stay here. */
function useAccepted(outbox: Outbox, items: readonly Waiting[]): void {
  const late = items.filter((item) => item.trouble?.kind === 'closed');
  const paths = new Set(late.map(({ round, group }) => `/rounds/${round}/groups/${group}`));
  useEffect(() => {
    for (const path of paths) {
      api.get<GroupSheet>(path).then(
        ({ round, group, pairs }) => {
          for (const { student, feedback } of pairs) {
            const place = { round: round.id, group: group.id, student: student.id };
            if (feedback) void outbox.refresh(place, { version: feedback.version, content: contentOf(feedback) });
          }
        },
        // Without a network nobody knows, and it stays.
        () => {},
      );
    }
  }, [[...paths].join()]);
}

/** *Vraagt je aandacht*: texts that stay on this device until their writer decides. */
export default function Attention({ outbox }: { outbox: Outbox }) {
  const comparing = useSignal<string | null>(null);
  const items = [...outbox.items.value.values()].filter((item) => item.trouble);
  useAccepted(outbox, items);
  const compared = items.find((item) => nameOf(item) === comparing.value) ?? null;
  return (
    <section id="attention" class="card rounds-attention stack" aria-labelledby="attention-title">
      <div>
        <h2 class="heading" id="attention-title">
          {t('rounds.attention')}
        </h2>
        <p class="small soft">{t(outbox.memoryOnly.value ? 'rounds.attention_memory' : 'rounds.attention_why')}</p>
      </div>
      <ul class="list">
        {items.map((item) => (
          <Troubled
            key={nameOf(item)}
            item={item}
            outbox={outbox}
            onCompare={() => {
              comparing.value = nameOf(item);
            }}
          />
        ))}
      </ul>
      <CompareSheet
        waiting={compared}
        onClose={() => {
          comparing.value = null;
        }}
        onChoose={(choice) => {
          comparing.value = null;
          if (compared) void outbox.choose(compared, choice);
        }}
      />
    </section>
  );
}

function Troubled({ item, outbox, onCompare }: { item: Waiting; outbox: Outbox; onCompare: () => void }) {
  const { label, content } = item;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(asText(item));
      toast(t('rounds.copied'));
    } catch {
      toast(t('rounds.copy_failed'));
    }
  };
  const discard = async () => {
    const sure = await confirm({
      title: t('rounds.discard_ask', { name: label.student }),
      text: t('rounds.discard_why'),
      yes: t('rounds.discard'),
      danger: true,
    });
    if (sure) await outbox.discard(item);
  };
  return (
    <li class="rounds-troubled stack tight">
      <div>
        <p class="label">{label.student}</p>
        <p class="small soft">
          {label.group} · {label.round}
        </p>
      </div>
      <p class="small">{reason(item)}</p>
      <div class="rounds-text stack tight">
        {content.stoplight && <StoplightLabel light={content.stoplight} size={20} />}
        {content.remark && <p class="prose">{content.remark}</p>}
        {content.action && (
          <p class="prose">
            <span class="written-label">{t('subject.action')} </span>
            {content.action}
          </p>
        )}
        {!content.stoplight && !content.remark && !content.action && <p class="soft small">{t('rounds.taken_back')}</p>}
      </div>
      <div class="row">
        {item.trouble?.kind === 'stale' ? (
          <Button small onClick={onCompare}>
            {t('act.compare')}
          </Button>
        ) : (
          <Button small icon="send" onClick={() => outbox.retry(item)}>
            {t('rounds.retry')}
          </Button>
        )}
        <Button small icon="copy" onClick={copy}>
          {t('rounds.copy')}
        </Button>
        <Button small kind="ghost" icon="trash" onClick={discard}>
          {t('rounds.discard')}
        </Button>
      </div>
    </li>
  );
}
