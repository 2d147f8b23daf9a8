import { type Json, maskedValue } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { App } from 'antd';
import { useState } from 'react';
import { useMay } from '../../../lib/access.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { asProblem } from '../../../lib/problem.ts';
import { call } from '../../../lib/transport.ts';
import { Action } from '../../../ui/action.tsx';
import { useNamespace } from '../namespace-context.ts';
import { ValueCell } from './value-cell.tsx';

/** A secret: masked until somebody who may asks for it. What is shown is on this page only; the audit knows of it. */
export function SecretCell({ itemKey, of }: { readonly itemKey: string; readonly of: 'live' | 'draft' }) {
  const t = useDeliveryText();
  const { message } = App.useApp();
  const { place, namespace } = useNamespace();
  const mayRead = useMay('secret:read', { environment: place.env, app: place.app });
  const [shown, setShown] = useState<{ readonly value: Json; readonly revision: number }>();
  const reveal = async (): Promise<void> => {
    try {
      const params = { ...place, key: itemKey };
      const { value } = await call(contracts.revealItem, { params, body: { of } });
      setShown({ value, revision: namespace.revision });
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  // Another release may have another secret under this key.
  const isShown = shown !== undefined && shown.revision === namespace.revision;
  return (
    <>
      <ValueCell value={isShown ? shown.value : maskedValue} />{' '}
      <Action
        size="small"
        blocked={mayRead.reason}
        onClick={() => (isShown ? setShown(undefined) : void reveal())}
      >
        {isShown ? t.values.hideSecret : t.values.revealSecret}
        <span className="visually-hidden"> {itemKey}</span>
      </Action>
    </>
  );
}
