import type { ComponentChildren } from 'preact';
import type { Screen } from '../app';
import { t } from '../lib/i18n';
import { lazily } from '../lib/lazily';
import { place } from '../lib/navigate';
import { online, signedOut } from '../lib/session';
import { Icon } from './icon';
import { LiveRegion } from './live-region';

const parts = () => import('./frame-parts');
/** Whoever shows it at once fetches it first: it is not part of the first card. */
export const Navigation = lazily(parts, 'Navigation');
const News = lazily(parts, 'News');
const Toasts = lazily(parts, 'Toasts');
const Questions = lazily(parts, 'Questions');
export const NotFound = lazily(parts, 'NotFound');

/** Everything around a screen: navigation, the way past it, news about the app, toasts and the live region. */
export function AppFrame({
  children,
  screenAt,
}: {
  children: ComponentChildren;
  screenAt: (path: string) => Screen | undefined;
}) {
  const screen = screenAt(place.value.path);
  return (
    <div class={screen?.focus ? 'frame frame-focus' : 'frame'}>
      <a class="skip-link" href="#main">
        {t('nav.skip')}
      </a>
      <Navigation at={screen?.navKey} />
      <div class="frame-main">
        <div class="bars">
          <News />
          {!signedOut.value && !online.value && (
            <p class="offline-mark small" role="status">
              <Icon name="offline" size={18} />
              {t('state.offline')}
            </p>
          )}
        </div>
        <main id="main">{children}</main>
      </div>
      <Toasts />
      <Questions />
      <LiveRegion />
    </div>
  );
}
