import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { count } from '../../lib/format.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { Action } from '../../ui/action.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { type AuditFormat, auditText, download, readAudit } from './audit-export.ts';

/** Takes everything that fits the filters away as a file. */
export function ExportAudit({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const t = useAdminText().audit;
  const [rows, setRows] = useState(0);
  const take = useMutation<void, Problem, AuditFormat>({
    mutationFn: async (format) => {
      const day = new Date().toISOString().slice(0, 10);
      download(`audit-${day}.${format.toLowerCase()}`, auditText(await readAudit(query, setRows), format));
    },
    onSettled: () => setRows(0),
  });
  return (
    <>
      {(['JSONL', 'CSV'] as const).map((format) => (
        <Action
          key={format}
          loading={take.isPending && take.variables === format}
          onClick={() => take.mutate(format)}
        >
          {take.isPending && take.variables === format ? t.exporting(count(rows)) : t.exportAs(format)}
        </Action>
      ))}
      {take.isError && <ProblemBox error={take.error} />}
    </>
  );
}
