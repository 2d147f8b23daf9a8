import type { contracts, ResponseOf } from '@sluice/protocol';
import { Button } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Age } from '../../ui/age.tsx';
import { Notice } from '../../ui/notice.tsx';

interface Props {
  readonly risk: ResponseOf<typeof contracts.survivability>;
  readonly shown: boolean;
  readonly show: () => void;
}

/** How many would come back with their values if this server died now, and a way to those who would not. */
export function Survivability({ risk, shown, show }: Props) {
  const t = useDeliveryText();
  const { online, surviving, atRisk, at } = risk;
  if (online === 0) return null;
  return (
    <Notice
      tone={atRisk.length === 0 ? 'ok' : 'warn'}
      action={
        atRisk.length > 0 &&
        !shown && (
          <Button size="small" onClick={show}>
            {t.risk.show(atRisk.length)}
          </Button>
        )
      }
    >
      {atRisk.length === 0 ? t.risk.all(online) : t.risk.title(surviving, online)}{' '}
      <span className="quiet">
        {t.values.asOf} <Age at={at} />
      </span>
    </Notice>
  );
}
