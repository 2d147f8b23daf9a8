import type { ErrorText } from '@sluice/core';

/** What SQLite, or the disk below it, says of its file. */
export function databaseFile(code: string, file: string): ErrorText | undefined {
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return {
      en: `Sluice could not start: another process holds the lock of ${file}, perhaps a backup, or a Sluice that is stopping. Nothing was changed; instances keep what they hold. Start it again when that is over.`,
      zh: `Sluice 无法启动：${file} 被其他进程锁定，可能正在备份，或另一个 Sluice 正在停止。没有任何更改，各实例保持现有的值。请等其结束后重新启动。`,
    };
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES|EPERM|EROFS)/.test(code))
    return {
      en: `Sluice could not start: this user may not write ${file}, or the folder that it is in (${code}). Nothing was changed; instances keep what they hold. Give it to the user of the server, with its folder.`,
      zh: `Sluice 无法启动：当前用户无权写入 ${file} 或其所在目录（${code}）。没有任何更改，各实例保持现有的值。请将该文件及其目录的写权限交给运行服务的用户。`,
    };
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code))
    return {
      en: `Sluice could not start: the disk of ${file} is full. Nothing was lost; instances keep what they hold. Free some space and start it again.`,
      zh: `Sluice 无法启动：${file} 所在磁盘已满。没有丢失任何数据，各实例保持现有的值。请释放一些空间后重新启动。`,
    };
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return {
      en: `Sluice could not start: ${file} is damaged, or no SQLite database (${code}). Nothing was changed; instances keep what they hold. Put it aside and restore a backup.`,
      zh: `Sluice 无法启动：${file} 已损坏，或不是 SQLite 数据库（${code}）。没有任何更改，各实例保持现有的值。请将其移开保存，并恢复备份。`,
    };
  return undefined;
}
