import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { setTitle } from '../lib/announce';
import { t } from '../lib/i18n';
import { IconButton } from './button';

export interface PageHeaderProps {
  title: string;
  subtitle?: ComponentChildren;
  /** Address one comes from. */
  back?: string | undefined;
  backLabel?: string | undefined;
  end?: ComponentChildren;
  /** Title of the window, where it differs from the heading. */
  documentTitle?: string | undefined;
  /** A smaller heading, where the screen is about one thing at a time. */
  compact?: boolean | undefined;
  /** Where the title itself leads: behind the name of a student are the earlier reports. */
  titleHref?: string | undefined;
  /** What is behind the title. */
  titleHint?: string | undefined;
  /** 2 for the list beside what is open: one screen has one main heading. */
  level?: 1 | 2;
}

/** The top of each screen: where one is, the way back, and what belongs to the whole of it. */
export function PageHeader(props: PageHeaderProps) {
  const { title, subtitle, back, backLabel, end, documentTitle, compact, titleHref, titleHint, level = 1 } = props;
  const Heading = `h${level}` as const;
  useEffect(() => {
    if (level === 1) setTitle(documentTitle ?? title);
  }, [documentTitle, title, level]);
  return (
    <header class={compact ? 'page-header compact' : 'page-header'}>
      {back && <IconButton icon="back" label={backLabel ?? t('act.back')} href={back} />}
      <div class="page-header-text">
        <Heading class={compact ? 'heading' : 'title'}>
          {titleHref ? (
            <a class="title-link" href={titleHref} title={titleHint}>
              {title}
              {titleHint && <span class="visually-hidden">, {titleHint}</span>}
            </a>
          ) : (
            title
          )}
        </Heading>
        {subtitle && <p class="small soft">{subtitle}</p>}
      </div>
      {end && <div class="page-header-end">{end}</div>}
    </header>
  );
}
