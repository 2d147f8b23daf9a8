import { Button } from 'antd';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { Moment } from '../../../ui/age.tsx';
import { Badge } from '../../../ui/badge.tsx';
import type { DraftEditing } from './use-draft.ts';

/** Where the edit is: on the server, on its way, or only here. */
export function SaveChip({ editing }: { readonly editing: DraftEditing }) {
  const t = useDeliveryText().draft;
  const { save } = editing;
  return (
    <span role="status" style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
      {save.is === 'saving' && <Badge tone="busy">{t.saving}</Badge>}
      {save.is === 'failed' && <Badge tone="bad">{t.notSaved}</Badge>}
      {save.is === 'saved' && (
        <Badge tone="idle" sign="✎">
          {t.saved} <Moment at={save.at} short />
        </Badge>
      )}
      {(editing.stored || save.is === 'failed') && (
        <Button size="small" type="text" onClick={() => void editing.discard()}>
          {t.discard}
        </Button>
      )}
    </span>
  );
}
