import { useState } from 'preact/hooks';
import {
  ActBar,
  Avatar,
  Banner,
  Button,
  Chip,
  DoneState,
  EmptyState,
  ErrorState,
  Field,
  Hint,
  IconButton,
  List,
  ListRow,
  Menu,
  NoPictureButton,
  PageHeader,
  Progress,
  SaveState,
  Sheet,
  SkeletonCard,
  SkeletonList,
  Steps,
  type Stoplight,
  StoplightButtons,
  StoplightLabel,
  StoplightStrip,
  SubjectCard,
  TwoPane,
} from '../src/components';
import { ConnectionLost } from '../src/lib/api';

const noop = () => undefined;
const ZOE = 'Zoë van den Berg';

export function RateScene() {
  const [light, setLight] = useState<Stoplight | null>(null);
  return (
    <section class="page">
      <PageHeader
        compact
        back="/rounds"
        title="4 havo · Nederlands"
        subtitle="Najaarsronde · tot vrijdag 16.00"
        end={<SaveState state="saved" />}
      />
      <Progress value={15} max={28} label="Ingevuld" text="15 van 28" />
      <div
        class="card stack"
        style={{
          flex: 1,
          placeItems: 'center',
          alignContent: 'center',
          borderRadius: 'var(--r4)',
          boxShadow: 'var(--lift)',
        }}
      >
        <Avatar initials="ZB" size="large" light="attention" />
        <p class="title">{ZOE}</p>
        <Chip icon="clock" onClick={noop}>
          Vorige ronde <StoplightLabel light="attention" size={20} />
        </Chip>
      </div>
      <StoplightButtons value={light} onChange={setLight} label={ZOE} keys />
      <div class="row spread">
        <Button kind="ghost" icon="undo">
          Vorige terug
        </Button>
        <NoPictureButton pressed={false} onPress={noop} />
      </div>
    </section>
  );
}

export function SheetScene() {
  const [remark, setRemark] = useState('Ik merk dat je bij samenvatten nooit de kernzin kiest.');
  const [action, setAction] = useState('');
  const [open, setOpen] = useState(true);
  return (
    <>
      <RateScene />
      <Sheet
        open={open}
        onClose={() => setOpen(false)}
        title={ZOE}
        subtitle={<StoplightLabel light="attention" size={20} />}
        footer={
          <Button kind="primary" wide>
            Volgende leerling
          </Button>
        }
      >
        <Field
          multiline
          label="Opmerking"
          hint="wat je hebt gezien"
          value={remark}
          onInput={setRemark}
          after={
            <Hint>
              <b>‘nooit’</b> klinkt als een oordeel. Noem één keer dat je het zag.
            </Hint>
          }
        />
        <Field
          multiline
          required
          label="Actie"
          hint="verplicht bij Let op"
          value={action}
          onInput={setAction}
          placeholder="Wat kan Zoë de komende weken doen?"
        />
        <div class="row">
          <Chip onClick={noop}>De komende weken…</Chip>
          <Chip onClick={noop}>Laat mij … zien</Chip>
          <Chip onClick={noop}>Mijn zinnen</Chip>
        </div>
      </Sheet>
    </>
  );
}

function Report() {
  const [message, setMessage] = useState('Hoi Zoë, mooi om te zien hoe je anderen helpt.');
  return (
    <section class="page">
      <PageHeader
        back="/students"
        title={ZOE}
        subtitle="h4a · mentor: jij"
        end={<Menu label="Meer" items={[{ label: 'Eerdere rapportages', icon: 'report', onClick: noop }]} />}
      />
      <Steps
        steps={[
          { key: 'feedback', label: 'Feedback', detail: '11 van 11', state: 'done' },
          { key: 'shared', label: 'Gedeeld', state: 'now' },
          { key: 'plan', label: 'Plan', state: 'todo' },
          { key: 'talk', label: 'Gesprek', state: 'todo' },
        ]}
      />
      <div class="stack">
        <SubjectCard
          subject="Nederlands"
          light="attention"
          was="on_track"
          by="Femke de Graaf"
          remark="Bij de laatste twee teksten miste je de kernzin. Je las ze wel helemaal uit, en dat is knap."
          action="Onderstreep de komende drie weken eerst de kernzin en laat ze mij zien."
          onClock={noop}
        />
        <SubjectCard
          subject="Biologie"
          light="excellent"
          was="excellent"
          remark="Je hielp je groepje twee keer verder met een eigen schema."
          onClock={noop}
        />
        <SubjectCard
          subject="Wiskunde B"
          light="warning"
          was="attention"
          remark="Je miste drie van de vijf lessen."
          missing={['action']}
          onClock={noop}
        />
        <SubjectCard subject="Lichamelijke opvoeding" light="no_picture" note="Zoë was lang geblesseerd." />
      </div>
      <Field multiline label="Opmerking mentor" value={message} onInput={setMessage} />
      <ActBar>
        <Button kind="ghost">Bekijk als leerling</Button>
        <Button kind="primary">Deel feedback met Zoë</Button>
      </ActBar>
    </section>
  );
}

const STUDENTS: [string, string, Stoplight[], string][] = [
  ['Aydın Kaya', 'AK', ['on_track', 'on_track', 'excellent', 'attention'], '9 van 11'],
  [ZOE, 'ZB', ['attention', 'excellent', 'warning', 'on_track'], '11 van 11'],
  ['Jan-Willem de Groot', 'JG', ['on_track', 'on_track', 'on_track'], '8 van 11'],
  ['Nguyễn Mei', 'NM', ['excellent', 'excellent', 'excellent', 'on_track', 'on_track'], 'gedeeld'],
  ['Sara de Vries', 'SV', ['warning', 'attention', 'attention', 'on_track'], 'plan binnen'],
];

export function ReportScene() {
  return <TwoPane open list={<StudentsList />} detail={<Report />} />;
}

function StudentsList() {
  return (
    <section class="page">
      <PageHeader
        title="Mijn leerlingen"
        subtitle="h4a · 28 leerlingen"
        end={<IconButton icon="search" label="Zoek" />}
      />
      <List label="h4a">
        {STUDENTS.map(([name, initials, lights, text]) => (
          <ListRow
            key={name}
            href="?scene=report"
            current={name === ZOE}
            start={<Avatar initials={initials} />}
            title={name}
            text={text}
            end={<StoplightStrip items={lights.map((light) => ({ light }))} />}
          />
        ))}
      </List>
    </section>
  );
}

export function ListScene() {
  return (
    <TwoPane
      open={false}
      list={<StudentsList />}
      detail={<EmptyState icon="people" title="Kies een leerling" text="Dan lees je hier alle feedback." />}
    />
  );
}

export function PlanScene() {
  const [text, setText] = useState('Ik wil bij Nederlands eerst de kernzin zoeken, want dan');
  const [answer, setAnswer] = useState('');
  return (
    <section class="page">
      <PageHeader compact title="Plan van aanpak" subtitle="Stap 2 van 4" end={<SaveState state="local" />} />
      <Progress value={2} max={4} label="Stap" />
      <h2 class="title">Wat wil je de komende weken beter doen?</h2>
      <Field multiline minRows={4} label="Jouw antwoord" value={text} onInput={setText} />
      <div class="card">
        <Field
          multiline
          minRows={1}
          label="Vraag van Nederlands"
          help="Welke tekst wil je samen met mij bekijken?"
          value={answer}
          onInput={setAnswer}
          placeholder="Typ je antwoord"
        />
      </div>
      <div class="row">
        <Chip onClick={noop}>Ik ga elke week…</Chip>
        <Chip onClick={noop}>Ik vraag hulp aan…</Chip>
      </div>
      <ActBar>
        <Button kind="ghost">Terug</Button>
        <Button kind="primary">Verder</Button>
      </ActBar>
    </section>
  );
}

export function StatesScene() {
  return (
    <section class="page">
      <PageHeader title="Toestanden" />
      <Banner icon="lock">Deze bespreking is gesloten. Je kunt alles nog lezen.</Banner>
      <Banner kind="attention" icon="alert">
        Nog 13 leerlingen, tot vrijdag 16.00
      </Banner>
      <EmptyState icon="rounds" title="Geen open bespreking" text="Zodra er een begint, zie je hem hier.">
        <Button href="/how-to">Lees hoe het werkt</Button>
      </EmptyState>
      <DoneState
        title="Alle 28 klaar"
        text="Je hebt 4 havo helemaal ingevuld. Tot vrijdag kun je nog alles aanpassen."
      />
      <ErrorState error={new ConnectionLost()} onRetry={noop} />
      <SkeletonList rows={3} />
      <SkeletonCard />
    </section>
  );
}
