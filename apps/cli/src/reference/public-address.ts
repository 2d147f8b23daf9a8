import { usageError } from '../failure/cli-error.ts';

/** `<app>/<namespace>` of a public namespace. */
export function publicAddressOf(home: string): { app: string; namespace: string } {
  const [app = '', namespace = '', ...rest] = home.split('/');
  if (app !== '' && namespace !== '' && rest.length === 0) return { app, namespace };
  throw usageError(
    { en: '"{home}" names no public namespace.', zh: '“{home}”不是公共命名空间的写法。' },
    {
      en: 'Write <app>/<namespace>; "sluice public ls" lists them.',
      zh: '请写成 <应用>/<命名空间>；可用 "sluice public ls" 列出。',
    },
    { home },
  );
}
