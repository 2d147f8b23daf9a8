import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { switchLanguage, useLanguage, useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import styles from './card.module.css';

/** The frame of the pages before the sign-in. */
export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const t = useText();
  const language = useLanguage();
  const server = useQuery({ ...read(contracts.setupState), staleTime: 5_000 });
  useEffect(() => {
    document.title = `${title} · Sluice`;
  }, [title]);
  return (
    <div className={styles.page}>
      {server.data?.insecureDev && (
        <div className={styles.band} role="status">
          {t.shell.insecure}
        </div>
      )}
      <main className={styles.card}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" />
          <span>Sluice</span>
          <Button
            size="small"
            type="text"
            lang={language === 'zh' ? 'en' : 'zh-CN'}
            className={styles.language ?? ''}
            onClick={() => void switchLanguage(language === 'zh' ? 'en' : 'zh')}
          >
            {t.shell.otherLanguage}
          </Button>
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </main>
      {server.data && <p className={styles.foot}>Sluice {server.data.version}</p>}
    </div>
  );
}
