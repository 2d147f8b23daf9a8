/** What can be wrong with a config class, said when the app starts: what happened, and what to do. */
const texts = {
  lead: {
    en: 'These classes cannot follow Sluice, so the app was not started:',
    zh: '以下类无法接入 Sluice，应用没有启动：',
  },
  notAConfig: {
    en: '{name} is given to SluiceModule.forFeature and has no @DynamicConfig. Add @DynamicConfig("<namespace>") to it.',
    zh: '{name} 传给了 SluiceModule.forFeature，但没有 @DynamicConfig。请为它加上 @DynamicConfig("<命名空间>")。',
  },
  noDefault: {
    en: '{name}: has no initial value. Give it one: it is the default, and says the type.',
    zh: '{name}：没有初始值。请赋初始值：它既是默认值，也决定类型。',
  },
  badDefault: {
    en: '{name}: {reason}.',
    zh: '{name}：{reason}。',
  },
  optionDoesNotFit: {
    en: '{name}: "{option}" is not for a {type}. Take it out, or change the initial value.',
    zh: '{name}：“{option}”不适用于 {type}。请去掉它，或修改初始值。',
  },
  noSuchValue: {
    en: '{name}: @OnChange("{key}"), but there is no @DynamicValue of that name. There are: {known}.',
    zh: '{name}：@OnChange("{key}") 没有对应的 @DynamicValue。现有：{known}。',
  },
  readOnly: {
    en: '{name} follows Sluice and cannot be set here. It is as it was. Publish a new value in Sluice.',
    zh: '{name} 由 Sluice 管理，不能在此赋值。值保持不变。请在 Sluice 中发布新值。',
  },
} as const;

export type TextCode = keyof typeof texts;

/** A text in the language of SLUICE_LANG, LC_ALL or LANG. */
export function text(code: TextCode, params: Readonly<Record<string, string>> = {}): string {
  const { SLUICE_LANG, LC_ALL, LANG } = process.env;
  const language = (SLUICE_LANG || LC_ALL || LANG || '').toLowerCase().startsWith('zh') ? 'zh' : 'en';
  return texts[code][language].replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}
