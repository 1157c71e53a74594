import { useState } from 'preact/hooks';
import { confirm, Icon, Menu, toast } from '../../components';
import { api } from '../../lib/api';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { TemplateSheet } from './template-sheet';
import type { Template } from './types';

/** Plans to start from; nothing where there are none, for they are made from a round. */
export function TemplatesPart() {
  const load = useLoad<Template[]>('/round-templates');
  const [renamed, setRenamed] = useState<Template | null>(null);
  const templates = load.data ?? [];
  if (templates.length === 0) return null;
  const remove = async (template: Template) => {
    const yes = await confirm({
      title: t('organise.template.delete_title', { name: template.name }),
      text: t('organise.template.delete_text'),
      yes: t('organise.template.delete'),
      danger: true,
    });
    if (!yes) return;
    await api.del(`/round-templates/${template.id}`);
    toast(t('organise.template.deleted'));
    load.reload();
  };
  const rename = async (template: Template, name: string) => {
    await api.patch(`/round-templates/${template.id}`, { name }, { ifMatch: template.version });
    load.reload();
  };
  return (
    <section class="stack tight" aria-labelledby="templates">
      <h2 class="heading" id="templates">
        {t('organise.template.title')}
      </h2>
      <ul class="list">
        {templates.map((template) => (
          <li key={template.id} class="organise-template">
            <a class="list-row" href={`/organise/new?template=${template.id}`}>
              <span class="list-row-text">
                <span class="list-row-title">{template.name}</span>
                <span class="small soft">{t('organise.template.kept', { day: day(template.created_at) })}</span>
              </span>
              <Icon name="forward" size={18} />
            </a>
            <Menu
              label={t('organise.template.more', { name: template.name })}
              items={[
                { label: t('organise.template.rename'), icon: 'pencil', onClick: () => setRenamed(template) },
                { label: t('organise.template.delete'), icon: 'trash', onClick: () => remove(template), danger: true },
              ]}
            />
          </li>
        ))}
      </ul>
      {renamed && (
        <TemplateSheet
          title={t('organise.template.rename')}
          name={renamed.name}
          act={t('organise.form.save')}
          onSave={(name) => rename(renamed, name)}
          onClose={() => setRenamed(null)}
        />
      )}
    </section>
  );
}
