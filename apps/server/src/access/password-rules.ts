import { type Fault, SluiceError } from '@sluice/core';

/** What people type when they are made to use twelve characters. */
const common: ReadonlySet<string> = new Set([
  'administrator',
  'changemechangeme',
  'iloveyouiloveyou',
  'letmeinletmein',
  'passwordpassword',
  'qwertyuiopasdf',
  'welcomewelcome',
]);
const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'qwertyuiopasdfghjklzxcvbnm'];

/** Refuses a password that a guesser tries first. Length is the contract's matter; there are no rules of composition. */
export function requireGoodPassword(password: string, userName: string, path: string): void {
  const fault = faultOf(password.toLowerCase(), userName.toLowerCase());
  if (!fault) return;
  const details = { faults: [{ path, problem: 'value', ...fault }] };
  throw new SluiceError(
    'invalid',
    { first: { en: `${path} ${fault.message}`, zh: `${path} ${fault.zh}` } },
    { details },
  );
}

function faultOf(password: string, userName: string): Pick<Fault, 'message' | 'zh'> | undefined {
  if (userName.length >= 3 && password.replaceAll(userName, '').length < 6)
    return { message: 'must not be the user name with little more', zh: '不能只是用户名加少量字符' };
  if (new Set(password).size < 5)
    return { message: 'must have at least 5 different characters', zh: '至少要有 5 个不同的字符' };
  const letters = password.replace(/[^a-z]/g, '');
  if (common.has(password) || common.has(letters) || /^p.?ssw.?rd\W*\d*\W*$/.test(password))
    return { message: 'is one of the first that a guesser tries', zh: '是最先被猜到的密码之一' };
  if (runs.some((run) => run.includes(password.slice(0, 10))))
    return {
      message: 'must not be a run of the keyboard or the alphabet',
      zh: '不能是键盘或字母表上的连续字符',
    };
  return undefined;
}
