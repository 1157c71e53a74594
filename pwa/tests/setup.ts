import nl from '../messages/nl.json';
import { fetchIcons } from '../src/components/icon';
import { setMessages } from '../src/lib/i18n';

setMessages('nl', nl);
await fetchIcons();
