import { useState } from 'preact/hooks';
import { Banner, Button, Field, Sheet } from '../../components';
import { ApiProblem } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';

interface TemplateSheetProps {
  title: string;
  /** The name to begin with. */
  name: string;
  act: string;
  help?: string;
  /** Sends the name; what is thrown is shown. */
  onSave: (name: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for the name of a template, new or other. */
export function TemplateSheet({ title, name, act, help, onSave, onClose }: TemplateSheetProps) {
  const { open, close } = useClosing(onClose);
  const [wanted, setWanted] = useState(name);
  const [problem, setProblem] = useState<unknown>(null);
  const atField = problem instanceof ApiProblem ? problem.at('/name') : undefined;
  const save = async () => {
    try {
      await onSave(wanted);
      close();
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={title}
      footer={
        <Button kind="primary" wide onClick={save}>
          {act}
        </Button>
      }
    >
      {problem !== null && !atField && (
        <Banner kind="warning" icon="alert">
          {problem instanceof ApiProblem ? `${problem.title}. ${problem.detail}` : t('organise.form.offline')}
        </Banner>
      )}
      <Field
        label={t('organise.template.name')}
        value={wanted}
        max={120}
        required
        autoFocus
        help={help}
        error={atField}
        onInput={(next) => {
          setWanted(next);
          setProblem(null);
        }}
      />
    </Sheet>
  );
}
