import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import type { Screen } from '../app';
import { t } from '../lib/i18n';
import { navigation } from '../lib/session';

export function AppFrame({
  children,
  screenAt,
}: {
  children: ComponentChildren;
  screenAt: (path: string) => Screen | undefined;
}) {
  const { path } = useLocation();
  const here = screenAt(path)?.navKey;
  return (
    <>
      <main id="main">{children}</main>
      <nav>
        {navigation.value.map((key) => (
          <a key={key} href={`/${key}`} aria-current={key === here ? 'page' : undefined}>
            {t(`nav.${key}`)}
          </a>
        ))}
      </nav>
    </>
  );
}
