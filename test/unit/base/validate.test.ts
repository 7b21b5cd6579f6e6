import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { checkBranchName, checkHash, checkRemoteName, checkWeightName, isCommitHash, isHash } from '../../../src/core/base/validate';

const invalid = (error: unknown): boolean => CoralError.is(error, 'invalid') && error.message.endsWith('.') && error.message.length < 300;

describe('validate', () => {
  const hashes = ['7fd46bae6a74f6ec', '1ce0dee5ec4e10a37b68c8bd1d035aee', 'f'.repeat(64)];
  const noHashes = ['', '7fd46bae6a74f6e', 'f'.repeat(65), '7FD46BAE6A74F6EC', '7fd46bae6a74f6ec\n', '../6bae6a74f6ec00', '..', '7fd46bae6a74f6eg', '７fd46bae6a74f6ec'];
  const badFileNames = [
    '', '.', '..', '../../evil', '..\\evil', 'a\\b', '.hidden', '-rf', ' a', 'a ', 'a.', 'C:', 'a:b', 'a*', 'a?', 'a"b', '<a>', 'a|b',
    'a\0b', 'a\nb', 'a\u007fb', 'a\ud800', 'CON', 'nul', 'Aux.txt', 'com1', 'LPT9.json', 'com¹', 'conin$', 'x'.repeat(201), 'ü'.repeat(101),
  ];

  it('knows hashes', () => {
    for (const hash of hashes) assert.equal(checkHash(hash), hash);
    for (const hash of hashes) assert.ok(isHash(hash) && isCommitHash(hash));
    for (const text of noHashes) assert.throws(() => checkHash(text), invalid, text);
    for (const text of noHashes) assert.ok(!isHash(text) && !isCommitHash(text), text);
  });

  it('takes remote names that are file names everywhere', () => {
    for (const name of ['origin', 'remotes', 'my-remote_2', 'a.b', 'con1', 'console', 'größe', '模型', 'x'.repeat(200)]) assert.equal(checkRemoteName(name), name);
    for (const name of [...badFileNames, 'a/b', '/a', 'a/']) assert.throws(() => checkRemoteName(name), invalid, name);
  });

  it('takes branch names that stay below refs/heads everywhere', () => {
    for (const name of ['main', 'team/trial-2', 'a/b/c', 'v1.0', 'locked']) assert.equal(checkBranchName(name), name);
    const bad = [...badFileNames, '/a', 'a/', 'a//b', 'a/../b', '../../pwn', 'a/.b', 'main.lock', 'a.LOCK/b', 'a/nul/b', '/'];
    for (const name of bad) assert.throws(() => checkBranchName(name), invalid, name);
  });

  it('takes weight names that the Python tool can store', () => {
    for (const name of ['layer.0/weight:0', '', '../x', 'größe 😀', 'a\nb']) assert.equal(checkWeightName(name), name);
    for (const name of ['a\0b', 'a\ud83d', '\ude00a']) assert.throws(() => checkWeightName(name), invalid);
  });

  it('shows the name in the message, without what cannot be shown', () => {
    assert.throws(() => checkRemoteName('a\nb'), /^CoralError: "a\\nb" cannot be used as a remote name/);
    assert.throws(() => checkBranchName('../../evil'), /"\.\.\/\.\.\/evil" cannot be used as a branch name: it must not start with a dot/);
  });
});
