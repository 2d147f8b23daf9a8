import { spawn } from 'node:child_process';
import { once } from 'node:events';

const program = `
  import Sqlite from 'better-sqlite3';
  const db = new Sqlite(process.argv[1]);
  db.exec('BEGIN EXCLUSIVE');
  process.stdout.write('locked');
  process.stdin.once('end', () => { db.exec('ROLLBACK'); db.close(); }).resume();
`;

/** Another process locks a SQLite file, as a backup tool or a curious person would. Gives what ends it. */
export async function lockSqlite(file: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return async () => {
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
  };
}
