import { Button } from 'antd';
import { useState } from 'react';
import { useText } from '../lib/i18n/language.ts';
import styles from './copy.module.css';

/** Puts a text on the clipboard; also where the page isn't a secure context and the clipboard API is missing. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <Button size="small" onClick={() => void copy()} aria-live="polite">
      {copied ? t.common.copied : (label ?? t.common.copy)}
    </Button>
  );
}

/** Text to take away: a command, a token, a few lines of code. */
export function CopyBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <figure className={styles.block} aria-label={label}>
      <pre className={styles.text}>{text}</pre>
      <div className={styles.button}>
        <CopyButton text={text} />
      </div>
    </figure>
  );
}
