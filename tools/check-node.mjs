// Runs before `npm ci` and `npm install`: an older Node would fail much later, in a compiler's words.
const major = Number(process.versions.node.split('.')[0]);
if (major !== 24) {
  console.error(
    `Sluice runs on Node 24 and this is Node ${process.versions.node}: run "npm run demo" or "npm test" instead, they fetch Node 24 and install by themselves. / Sluice 需要 Node 24，当前是 ${process.versions.node}：请直接运行 "npm run demo" 或 "npm test"，它们会自动获取 Node 24 并完成安装。`,
  );
  process.exit(1);
}
