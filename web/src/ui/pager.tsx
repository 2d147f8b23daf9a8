import { Button } from 'antd';
import { useText } from '../lib/i18n/language.ts';
import { Row } from './stack.tsx';

interface Props {
  /** The first page is shown. */
  readonly newest: boolean;
  /** The cursor of the next page; absent on the last one. */
  readonly older: number | undefined;
  readonly go: (cursor: string | undefined) => void;
}

/** From page to page of a list that is read newest first. */
export function Pager({ newest, older, go }: Props) {
  const t = useText();
  if (newest && older === undefined) return null;
  return (
    <div style={{ padding: '10px 14px' }}>
      <Row end>
        <Button size="small" disabled={newest} onClick={() => go(undefined)}>
          {t.common.newest}
        </Button>
        <Button size="small" disabled={older === undefined} onClick={() => go(String(older))}>
          {t.common.older}
        </Button>
      </Row>
    </div>
  );
}
