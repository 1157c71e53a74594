import nl from '../messages/nl.json';
import { setMessages } from '../src/lib/i18n';

setMessages('nl', nl);
