import type { Context } from '../context.ts';

/** Says that other servers didn't answer, so that something is missing from what is shown. */
export function noteSilentNodes({ output, say }: Context, silent: number | undefined): void {
  if (silent === undefined) return;
  output.note(
    say(
      {
        en:
          silent === 1
            ? 'Another server did not answer in time; its instances are missing here.'
            : '{n} other servers did not answer in time; their instances are missing here.',
        zh: '另有 {n} 个服务节点未及时应答，此处缺少其实例。',
      },
      { n: silent },
    ),
    output.errColour.yellow,
  );
}
