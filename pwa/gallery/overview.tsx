import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import {
  Avatar,
  Button,
  Checkbox,
  Chip,
  confirm,
  DateField,
  Dialog,
  Field,
  FOUR,
  Icon,
  type IconName,
  Menu,
  NoPictureButton,
  PageHeader,
  Progress,
  SaveState,
  Segmented,
  SelectField,
  type Stoplight,
  StoplightButtons,
  StoplightLabel,
  StoplightStrip,
  StoplightSymbol,
  Switch,
  Tabs,
  toast,
} from '../src/components';

const ICON_NAMES =
  'clock back forward down list cards search bell person people plus check more settings undo share lock calendar sun moon device close send mail pencil flag table offline alert info sign_out language trash copy book rounds report'.split(
    ' ',
  ) as IconName[];
const noop = () => undefined;

function Part({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <section class="stack">
      <h2 class="heading">{name}</h2>
      {children}
    </section>
  );
}

/** Every part once. */
export function Overview() {
  const [light, setLight] = useState<Stoplight | null>('on_track');
  const [text, setText] = useState('');
  const [on, setOn] = useState(true);
  const [view, setView] = useState<'cards' | 'list'>('cards');
  const [tab, setTab] = useState('open');
  const [dialog, setDialog] = useState(false);
  const [when, setWhen] = useState('2026-12-04T16:00');
  return (
    <section class="page">
      <PageHeader title="Onderdelen" subtitle="Alles waar een scherm van gemaakt is" />
      <Part name="Stoplichten">
        <div class="row">
          {[...FOUR, 'no_picture' as const].map((one) => (
            <StoplightSymbol key={one} light={one} size={56} label />
          ))}
        </div>
        <div class="row">
          {[...FOUR, 'no_picture' as const].map((one) => (
            <StoplightLabel key={one} light={one} />
          ))}
        </div>
        <StoplightStrip
          items={[
            { light: 'on_track', name: 'Nederlands' },
            { light: 'excellent', name: 'Biologie' },
            { light: null, name: 'Engels' },
            { light: 'no_picture', name: 'Muziek' },
            { light: 'warning', name: 'Wiskunde' },
          ]}
        />
        <StoplightButtons value={light} onChange={setLight} label="Zoë van den Berg" />
        <StoplightButtons value={light} onChange={setLight} label="Zoë van den Berg" size="small" />
        <NoPictureButton pressed={light === 'no_picture'} onPress={() => setLight('no_picture')} />
      </Part>
      <Part name="Knoppen">
        <div class="row">
          <Button kind="primary" onClick={() => new Promise((done) => setTimeout(done, 1500))}>
            Deel feedback
          </Button>
          <Button icon="plus">Nieuwe bespreking</Button>
          <Button kind="ghost">Niet nu</Button>
          <Button kind="danger">Trek terug</Button>
          <Button disabled>Kan nog niet</Button>
          <Button small>Log in</Button>
        </div>
        <div class="row">
          <Chip onClick={noop}>De komende weken…</Chip>
          <Chip onClick={noop} pressed>
            Nog te doen
          </Chip>
          <Chip icon="calendar">tot vrijdag</Chip>
          <Menu
            label="Meer"
            items={[
              { label: 'Kopieer', icon: 'copy', onClick: noop },
              { label: 'Verwijder', icon: 'trash', danger: true, onClick: noop },
            ]}
          />
        </div>
        <div class="row">
          <Button onClick={() => toast('Zoë is Ga zo door', { label: 'Ongedaan maken', onClick: noop })}>Toast</Button>
          <Button onClick={() => setDialog(true)}>Dialog</Button>
          <Button
            onClick={() =>
              confirm({ title: 'Bespreking sluiten?', text: 'Docenten kunnen dan niets meer invullen.', yes: 'Sluit' })
            }
          >
            Vraag
          </Button>
        </div>
      </Part>
      <Part name="Velden">
        <Field label="Naam" value={text} onInput={setText} required hint="verplicht" placeholder="Najaarsronde" />
        <Field label="Uitleg" value={'a'.repeat(1900)} onInput={noop} multiline help="Dit lezen alle docenten." />
        <Field label="Met een fout" value="vorig jaar" onInput={noop} error="Deze datum is al voorbij." />
        <DateField label="Deadline" value={when} onInput={setWhen} time />
        <SelectField
          label="Vak"
          value="netl"
          onInput={noop}
          options={[
            { value: 'netl', label: 'Nederlands' },
            { value: 'biol', label: 'Biologie' },
          ]}
        />
        <Switch
          label="Mentoren kijken mee"
          help="Alleen wie zelf klaar is, ziet al iets."
          checked={on}
          onChange={setOn}
        />
        <Checkbox label="Ouders mogen meelezen" checked={on} onChange={setOn} />
        <Segmented
          label="Weergave"
          value={view}
          onChange={setView}
          options={[
            { value: 'cards', label: 'Kaarten', icon: 'cards' },
            { value: 'list', label: 'Lijst', icon: 'list' },
          ]}
        />
        <Tabs
          label="Groepen"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: 'open', label: 'Open', count: 3 },
            { value: 'closed', label: 'Gesloten' },
          ]}
        >
          <p class="soft">{tab}</p>
        </Tabs>
      </Part>
      <Part name="Wat er gebeurt">
        <Progress value={15} max={28} label="Ingevuld" text="15 van 28" />
        {(['local', 'saved', 'offline', 'error', 'conflict'] as const).map((state) => (
          <SaveState key={state} state={state} onRetry={noop} />
        ))}
      </Part>
      <Part name="Mensen en tekens">
        <div class="row">
          <Avatar initials="ZB" size="small" />
          <Avatar initials="ZB" light="excellent" />
          <Avatar initials="ZB" size="large" light="on_track" />
        </div>
        <div class="row">
          {ICON_NAMES.map((name) => (
            <Icon key={name} name={name} label={name} size={28} />
          ))}
        </div>
      </Part>
      <Dialog
        open={dialog}
        onClose={() => setDialog(false)}
        title="Twee teksten"
        acts={<Button kind="primary">Bewaar mijn tekst</Button>}
      >
        <p>Iemand heeft dit intussen gewijzigd. Welke tekst blijft staan?</p>
      </Dialog>
    </section>
  );
}
