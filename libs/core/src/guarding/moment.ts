const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?Z$/;

/** Days from 1970-01-01 to a date of the Gregorian calendar, by the algorithm of Howard Hinnant. */
function dayOf(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Milliseconds since 1970 of a moment in UTC such as `2026-01-31T12:00:00.5Z`. NaN for what is none. */
export function momentMs(moment: string): number {
  const found = pattern.exec(moment);
  if (!found) return Number.NaN;
  const [year, month, day, hour, minute] = found.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const seconds = Number(found[6] ?? 0) + Number(found[7] ?? 0);
  return dayOf(year, month, day) * 86_400_000 + (hour * 60 + minute) * 60_000 + seconds * 1000;
}
