import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import ts from 'typescript';

type Graph = ReadonlyMap<string, readonly string[]>;

/** Which files of ours each file imports, values and types alike. */
function importsIn(folder: string): Graph {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  return new Map(files.map((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
    const relative = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
    return [file, relative.map((name) => join(dirname(file), `${name}.ts`)).filter((path) => existsSync(path))];
  }));
}

function reachableFrom(start: string, graph: Graph): Set<string> {
  const reached = new Set<string>();
  const waiting = [...graph.get(start) ?? []];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...graph.get(file) ?? []);
  }
  return reached;
}

/** Sets of files, each of which leads to all others of its set. */
function circlesOf(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((file) => [file, reachableFrom(file, graph)]));
  const circles = new Map<string, string[]>();
  for (const [file, others] of reached) {
    if (!others.has(file)) continue;
    const circle = [...others].filter((other) => reached.get(other)?.has(file)).sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

describe('imports', () => {
  it('run in no circle, types included', () => {
    const graph = importsIn('src');
    assert.ok(graph.size > 200 && graph.get('src/extension.ts')!.includes('src/vscode/registerCommands.ts'));
    assert.deepEqual(circlesOf(graph), []);
  });

  it('are followed through types and through several files', () => {
    assert.deepEqual(circlesOf(new Map([['a', ['b']], ['b', ['c', 'd']], ['c', ['a']], ['d', []], ['e', ['e']]])), [['a', 'b', 'c'], ['e']]);
  });
});
