import { Button } from 'antd';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { CopyBlock } from '../../ui/copy.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

/** The one time that a secret is shown. */
export function NewSecret(props: {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}) {
  const t = useAdminText();
  return (
    <SidePanel title={props.title} open onClose={props.onClose} width={520}>
      <Stack>
        <Notice tone="warn">{t.common.shownOnce}</Notice>
        <CopyBlock text={props.secret} label={t.tokens.secret} />
        <Row end>
          <Button type="primary" onClick={props.onClose}>
            {t.common.close}
          </Button>
        </Row>
      </Stack>
    </SidePanel>
  );
}
