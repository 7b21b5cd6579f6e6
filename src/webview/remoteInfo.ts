// The page about one remote.
import { formatBytes, formatCount, formatCountOf } from '../text/format';
import { shareText } from '../text/numberText';
import type { DTypeShare, RemoteContents } from '../worker/protocol/details';
import type { RemoteInfoAnswer } from '../worker/protocol/remotes';
import { button, facts as factList, h, svg, table } from './dom';
import type { RemoteInfoPageAsks, RemoteInfoPageState, RemoteInfoPart, ToRemoteInfoPage } from './messages';
import { Page } from './page';
import { Section } from './section';

const page = new Page<RemoteInfoPart, ToRemoteInfoPage, RemoteInfoPageAsks, RemoteInfoPageState>();
const section = (part: RemoteInfoPart, title: string) => new Section(part, title, page);
const header = h('header', {}, h('h1', {}, page.state.target.remote));
const sections = { info: section('info', 'Storage'), contents: section('contents', 'Weights by dtype') };
const branches = h('section', { class: 'refs', hidden: true });
document.getElementById('page')?.append(header, sections.info.element, sections.contents.element, branches);

let stored: number | undefined;

page.onMessage((message) => {
  switch (message.kind) {
    case 'info': return showInfo(message.info);
    case 'contents': return showContents(message.contents);
    case 'working': return sections[message.part].working(message);
    case 'problem': return sections[message.part].fail(message);
  }
});

function showInfo({ name, url, backend, credentialsSource, storage, refs }: RemoteInfoAnswer): void {
  stored = storage.storedBytes;
  header.replaceChildren(h('h1', {}, name), h('p', { class: 'tensor' }, url));
  sections.info.show(`${name} holds ${formatCountOf(storage.weights, 'weight')}.`, factList([
    ['Weights', formatCount(storage.weights)],
    ['Stored', stored === undefined ? 'not known' : formatBytes(stored)],
    ['Backend', backend],
    ['Location', storage.location],
    ['Credentials', credentialsSource],
  ]), h('p', { class: 'actions' }, button('Copy as JSON', () => page.send({ kind: 'copy' })), button(
    'Refresh', () => page.send({ kind: 'retry', part: 'info' }), { class: 'secondary' },
  )));
  const entries = Object.entries(refs);
  branches.hidden = false;
  branches.replaceChildren(h(
    'h2', {}, 'Branches and tags',
  ), entries.length === 0 ? h('p', {}, 'None yet.') : table('Branches and tags, and their commits', [
    { title: 'Name', text: ([ref]) => ref }, { title: 'Commit', text: ([, commit]) => commit },
  ], entries));
}

function showContents({ weights, rawBytes, types, unreadable }: RemoteContents): void {
  const saved = stored === undefined || rawBytes === 0 ? undefined : stored / rawBytes;
  sections.contents.show(`${formatCountOf(weights, 'weight')} of ${formatCountOf(types.length, 'dtype')}.`, factList([
    ['Uncompressed', formatBytes(rawBytes)],
    ['Stored / uncompressed', saved === undefined ? '–' : `${(100 * saved).toFixed(1)} %`],
    ['Not readable', unreadable > 0 ? formatCountOf(unreadable, 'weight') : undefined],
  ]), ...(types.length === 0 ? [h('p', {}, 'It holds no weights yet.')] : [shares(types, rawBytes), sharesTable(types, rawBytes)]));
}

const width = 640;

/** A bar of one part for each dtype, as wide as its share of the uncompressed bytes; its letter says which it is. */
function shares(types: readonly DTypeShare[], rawBytes: number): HTMLElement {
  const label = types.map(({ dtype, rawBytes: bytes }) => `${dtype} ${shareText(bytes, rawBytes)}`).join(', ');
  let x = 0;
  const parts = types.map(({ dtype, rawBytes: bytes }, index) => {
    const wide = rawBytes === 0 ? width / types.length : bytes / rawBytes * width;
    const part = svg('g', {}, svg('rect', { class: `share share-${index % 6}`, x, y: 0, width: wide, height: 28 }), svg(
      'title', {}, `${dtype}: ${formatBytes(bytes)}`,
    ));
    x += wide;
    return part;
  });
  const legend = types.map(({ dtype, rawBytes: bytes }, index) => h('li', {},
    svg('svg', { class: 'key', viewBox: '0 0 10 10', 'aria-hidden': 'true' }, svg(
      'rect', { class: `share share-${index % 6}`, width: 10, height: 10 },
    )),
    `${dtype} ${shareText(bytes, rawBytes)}`));
  return h('figure', {}, svg('svg', {
    viewBox: `0 0 ${width} 28`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `Bytes by dtype: ${label}`, class: 'shares',
  }, ...parts),
    h('ul', { class: 'legend-list' }, ...legend));
}

function sharesTable(types: readonly DTypeShare[], rawBytes: number): HTMLElement {
  const knowsStored = types.some(({ storedBytes }) => storedBytes !== undefined);
  return table('Weights by dtype', [
    { title: 'dtype', text: ({ dtype }) => dtype },
    { title: 'Weights', text: ({ weights }) => formatCount(weights), isNumber: true },
    { title: 'Uncompressed', text: ({ rawBytes: bytes }) => formatBytes(bytes), isNumber: true },
    { title: 'Share', text: ({ rawBytes: bytes }) => shareText(bytes, rawBytes), isNumber: true },
    ...(knowsStored ? [{
      title: 'Stored', text: ({ storedBytes }: DTypeShare) => (storedBytes === undefined ? '–' : formatBytes(storedBytes)), isNumber: true,
    }] : []),
  ], types);
}
