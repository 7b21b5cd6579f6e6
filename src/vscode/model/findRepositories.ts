import { dirname } from 'node:path';
import * as vscode from 'vscode';

/**
 * Roots of the repositories that belong to the open folders: each folder itself and its direct subfolders, else the nearest
 * folder above. Looks at names only, and only on this machine's disks.
 */
export async function findRepositories(): Promise<string[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  const found = await Promise.all(folders.map((folder) => findIn(folder.uri)));
  return [...new Set(found.flat())];
}

async function findIn(folder: vscode.Uri): Promise<string[]> {
  const candidates = [folder, ...await subfolders(folder)];
  const repositories = await filterAsync(candidates, (candidate) => isFolder(vscode.Uri.joinPath(candidate, '.coral')));
  if (repositories.length > 0) return repositories.map((uri) => uri.fsPath);
  const above = await findAbove(dirname(folder.fsPath));
  return above === undefined ? [] : [above];
}

/** A `.coral` above the folder counts only with a HEAD: other tools may keep a `.coral` of their own in a home folder. */
async function findAbove(path: string): Promise<string | undefined> {
  if (await exists(vscode.Uri.joinPath(vscode.Uri.file(path), '.coral', 'HEAD'))) return path;
  return dirname(path) === path ? undefined : findAbove(dirname(path));
}

async function subfolders(folder: vscode.Uri): Promise<vscode.Uri[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    // The type of a link to a folder has two bits.
    const isSubfolder = ([name, type]: [string, vscode.FileType]) => (
      (type & vscode.FileType.Directory) !== 0 && !name.startsWith('.') && name !== 'node_modules');
    return entries.filter(isSubfolder).map(([name]) => vscode.Uri.joinPath(folder, name));
  } catch {
    return []; // a folder that cannot be read has no repositories to show
  }
}

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
