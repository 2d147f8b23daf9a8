import type { Same } from '../texts.ts';
import type * as en from './en.ts';

export const { story } = {
  story: {
    intro:
      '书店的一晚，分章在运行中的进程上演。没有任何摆拍：每章的结果均为实测。故事会修改演示自身的值、故意拖慢支付，并杀掉演示的服务器。',
    none: '此服务器没有故事',
    noneHint: '故事属于演示。请用 npm run demo 启动演示，之后即可在此播放。',
    notForYou: '你无权查看此页',
    play: (chapters, shops) => `播放故事：${chapters} 章，${shops} 家门店`,
    playAgain: (chapters, shops) => `再次播放故事：${chapters} 章，${shops} 家门店`,
    stop: '停止故事',
    pace: '节奏',
    paces: { reader: '留出查看的时间', fast: '尽快播放' },
    states: {
      waiting: '尚未播放',
      playing: (chapter, of, title) => `正在播放第 ${chapter}/${of} 章：${title}`,
      between: '请随意查看；下一章会自动开始',
      stopping: '正在停止：仅对部分实例生效的内容正在收回',
      cameTrue: (chapters) => `全部 ${chapters} 章均已成真`,
      notTrue: (chapters) => `有 ${chapters} 章未成真`,
      stopped: '已停止。已对所有实例生效的保持不变，仅对部分实例生效的已收回。',
    },
    startedBy: (by) => `由 ${by} 开始`,
    chapters: '章节',
    chapterStates: {
      waiting: '未开始',
      playing: '播放中',
      cameTrue: '已成真',
      notTrue: '未成真',
      left: '未播放',
    },
    took: (ms) => `${(ms / 1000).toFixed(1)} 秒`,
    pages: {
      push: '查看推送',
      drill: '查看演练',
      namespace: '查看命名空间',
      resource: '查看资源',
      instances: '查看实例',
      page: '查看页面',
    },
    commands: '命令行的等价操作',
    inTerminal: '在终端用新的演示播放',
  },
} satisfies Same<typeof en>;
