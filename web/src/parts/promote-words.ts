/** Whose value stays, by namespace and key; a document is the key `''`. */
export type Choices = Readonly<Record<string, Readonly<Record<string, 'gray' | 'global'>>>>;

interface How {
  readonly choices?: Choices;
  readonly groupsWin: boolean;
}

/** What was chosen for a promote, as options of the command line. */
export function promoteWords({ choices = {}, groupsWin }: How): string[] {
  const kept = (side: 'gray' | 'global'): string =>
    Object.entries(choices)
      .flatMap(([ns, keys]) =>
        Object.entries(keys).flatMap(([key, choice]) =>
          choice === side ? [key === '' ? ns : `${ns}.${key}`] : [],
        ),
      )
      .join(',');
  const [gray, global] = [kept('gray'), kept('global')];
  return [
    ...(gray ? ['--keep-gray', gray] : []),
    ...(global ? ['--keep-global', global] : []),
    ...(groupsWin ? ['--groups-win'] : []),
  ];
}
