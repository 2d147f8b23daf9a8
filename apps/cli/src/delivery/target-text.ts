import type { Push, PushTarget } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { modeWord } from './push-words.ts';

/** To whom a push goes, in a few words: `gray: 5 %, then 25 %, then 100 % among zone=a`. */
export function targetText(context: Context, target: PushTarget): string {
  const word = modeWord(context, target.mode);
  const who = whoText(context, target);
  return who === '' ? word : context.say({ en: '{word}: {who}', zh: '{word}：{who}' }, { word, who });
}

function whoText({ say }: Context, target: PushTarget): string {
  switch (target.mode) {
    case 'single':
      return target.instanceId;
    case 'group':
      return target.group;
    case 'global':
      if (target.grays === 'keep')
        return say({ en: 'running grays keep their value', zh: '进行中的灰度保留其值' });
      return target.grays === 'supersede' ? say({ en: 'ends running grays', zh: '结束进行中的灰度' }) : '';
    case 'gray': {
      const { audience } = target;
      switch (audience.by) {
        case 'instances':
          return say({ en: '{count} chosen', zh: '指定的 {count} 个' }, { count: audience.ids.length });
        case 'labels':
          return audience.selector;
        case 'count':
          return amongText(say({ en: '{count} of them', zh: '{count} 个' }, { count: audience.count }));
        case 'percent':
          return amongText(
            audience.steps.map((step) => `${step} %`).join(say({ en: ', then ', zh: '，再 ' })),
          );
      }
    }
  }
  function amongText(size: string): string {
    const among = 'audience' in target && 'among' in target.audience ? target.audience.among : undefined;
    return among === undefined
      ? size
      : say({ en: '{size} among {among}', zh: '{among} 中的 {size}' }, { size, among });
  }
}

/** Where a gray is: `step 1 of 3 (5 %)`; empty for what has no steps. */
export function stepText({ say }: Context, { step }: Push): string {
  if (!step) return '';
  const share = step.percent === undefined ? '' : ` (${step.percent} %)`;
  return say(
    { en: 'step {number} of {of}{share}', zh: '第 {number}/{of} 步{share}' },
    { number: step.index + 1, of: step.of, share },
  );
}
