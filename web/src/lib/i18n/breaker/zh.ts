/** Why a breaker turned, in Chinese. */
export const turnReasons: Readonly<Record<string, string>> = {
  threshold: '达到阈值',
  probing: '打开时间已过，开始试探',
  probesGood: '试探的调用全部正常',
  probeBad: '有试探的调用失败',
  noVerdict: '试探未按时结束',
  forced: '人工保持',
  forceEnded: '人工保持已结束',
};
