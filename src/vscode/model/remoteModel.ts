import * as vscode from 'vscode';
import { CoralError, type Reason } from '../../core/base/errors';
import type { SyncResultJSON } from '../../core/transfer/syncResult';
import type { Backend } from '../../core/storage/backend';
import { backendNamed } from '../../core/storage/backends';
import type { Progress } from '../../core/transfer/progress';
import type { CoralClient } from '../../worker/client';
import type { RemoteSummary } from '../../worker/protocol/repository';
import type { RemoteRequest, StatusSnapshot } from '../../worker/protocol/status';
import type { TransferAction, TransferChoice } from '../../worker/protocol/transfers';
import type { CallOptions } from '../../worker/rpc';
import type { CoralApi } from '../../worker/service';
import { nameFilterOf } from '../settings/settings';
import type { Consents, RemotePlace } from './consents';
import type { CredentialVault } from './credentialVault';
import type { LookQueue, Turn } from './lookQueue';
import type { StatusMemory } from './statusMemory';
import { fractionDone, TransferRate } from './transferRate';

/** A transfer under way. */
export interface Activity {
  readonly direction: TransferAction;
  /** 0 to 1 */
  readonly fraction: number;
  readonly bytesPerSecond?: number | undefined;
}

/** What a remote's model needs of the world around it. */
export interface RemoteHost {
  readonly client: CoralClient;
  readonly vault: CredentialVault;
  readonly consents: Consents;
  readonly memory: StatusMemory;
  readonly looks: LookQueue;
  readonly log: { warn(text: string): void };
  readonly changed: (remote: RemoteModel) => void;
}

/** What a remote's model is of. */
export interface RemoteEntry {
  readonly root: string;
  readonly realRoot: string;
  readonly summary: RemoteSummary;
  /** reads remotes.json again, which makes another model of a remote that has changed */
  readonly readAgain: () => Promise<void>;
}

/** What the worker does with one remote. */
type RemoteMethod = { [Method in keyof CoralApi]: Parameters<CoralApi[Method]>[0] extends RemoteRequest ? Method : never }[keyof CoralApi];
type Request<Method extends RemoteMethod> = Omit<Parameters<CoralApi[Method]>[0], keyof RemoteRequest>;
type Reply<Method extends RemoteMethod> = Awaited<ReturnType<CoralApi[Method]>>;
/** Calls that change nothing, and whose answers are not kept here. */
type Question = Exclude<RemoteMethod, TransferAction | 'status'>;

const troubles: Partial<Record<Reason, string>> = {
  network: 'not reachable', auth: 'no access', denied: 'no access',
  missing: 'not found', invalid: 'not valid', unsupported: 'not supported',
};

/** One remote of one repository: what is known of it, and what may be asked of it. Never asks in an untrusted workspace. */
export class RemoteModel {
  readonly root: string;
  readonly summary: RemoteSummary;
  readonly at: RemotePlace;
  readonly #readAgain: () => Promise<void>;
  readonly #host: RemoteHost;
  #status: StatusSnapshot | undefined;
  #error: CoralError | undefined;
  #checking: Promise<void> | undefined;
  #turn: Turn | undefined;
  #activity: Activity | undefined;
  #hasTransferred = false;

  constructor({ root, realRoot, summary, readAgain }: RemoteEntry, host: RemoteHost) {
    this.root = root;
    this.summary = summary;
    this.at = { realRoot, name: summary.name, place: summary.place };
    this.#readAgain = readAgain;
    this.#host = host;
  }

  get name(): string { return this.summary.name; }
  /** what commands take it by */
  get target(): { readonly root: string; readonly remote: string } { return { root: this.root, remote: this.name }; }
  /** undefined for what no version of Coral knows; it is shown, and refused when it is used */
  get backend(): Backend | undefined { return backendNamed(this.summary.backend); }
  get icon(): string { return this.backend?.icon ?? 'cloud'; }
  get needsCredentials(): boolean { return this.backend?.credentials.length !== 0; }
  /** The last status seen, which an error since then does not wipe out. */
  get status(): StatusSnapshot | undefined { return this.#status; }
  /** The last status seen, in an earlier session where there is none of this one. */
  get lastSeen(): StatusSnapshot | undefined { return this.#status ?? this.#host.memory.get(this.root, this.summary); }
  /** Why the last attempt to reach the remote failed. */
  get error(): CoralError | undefined { return this.#error; }
  /** The same in two words. */
  get trouble(): string | undefined { return this.isAllowed ? this.#trouble : 'not connected'; }
  get #trouble(): string | undefined { return this.#error && (troubles[this.#error.reason] ?? 'failed'); }
  /** Whether the person agreed to the address that remotes.json gives; nothing is sent there before, which is no error. */
  get isAllowed(): boolean { return this.#host.consents.mayContact(this.at); }
  /** Whether what runs by itself may push there: the first push from here is the person's own. */
  get mayPushByItself(): boolean { return this.#host.consents.mayPushByItself(this.at); }
  /** Whether remotes.json asks for pushes by itself, and there has been none of the person's own yet. */
  get waitsForFirstPush(): boolean { return this.summary.autoPush && this.isAllowed && !this.mayPushByItself; }
  get isChecking(): boolean { return this.#checking !== undefined; }
  get activity(): Activity | undefined { return this.#activity; }
  /** Whether a push, pull or sync went through since the window was opened. */
  get hasTransferred(): boolean { return this.#hasTransferred; }
  get isUnknown(): boolean { return this.isAllowed && !this.#status && !this.#error && !this.#checking; }

  /**
   * Asks the remote now, if it may be contacted; what it answers, or why it does not, is in `status` and `error` afterwards. Never
   * rejects.
   */
  fetchStatus(signal?: AbortSignal): Promise<void> {
    const checking = this.fetchStatusInTurn(signal);
    this.#turn?.hurry();
    return checking;
  }

  /** The same when its turn comes, for a look that nobody waits for: few remotes are asked at once. */
  fetchStatusInTurn(signal?: AbortSignal): Promise<void> {
    if (!this.isAllowed) return Promise.resolve();
    this.#checking ??= this.#check(signal).finally(() => {
      this.#checking = undefined;
      this.#host.changed(this);
    });
    return this.#checking;
  }

  /** Asks anew even if an answer is under way, which may be out of date already. */
  async fetchStatusAgain(): Promise<void> {
    this.#turn?.hurry();
    await this.settled();
    await this.fetchStatus();
  }

  /** Waits for the answer that is under way, if any. */
  async settled(): Promise<void> {
    await this.#checking;
  }

  /** Asks the worker about this remote, as `CoralClient.call` does about all else. */
  call<Method extends Question>(method: Method, request: Request<Method>, options?: CallOptions): Promise<Reply<Method>> {
    return this.#call(method, request, options);
  }

  /** One at a time: rejects with reason "busy" while another one runs. The caller refreshes the repository afterwards. */
  async transfer(choice: TransferChoice, { signal, ...told }: CallOptions): Promise<SyncResultJSON> {
    if (this.#activity) {
      throw new CoralError(
        'busy', `A ${this.#activity.direction} with ${this.name} is under way; wait for it or cancel it.`, { remote: this.name },
      );
    }
    const { direction, ...options } = choice;
    const rate = new TransferRate();
    this.#setActivity({ direction, fraction: 0 });
    const onProgress = (progress: Progress) => {
      rate.add(progress.bytesDone, performance.now());
      this.#setActivity({ direction, fraction: fractionDone(progress), bytesPerSecond: rate.bytesPerSecond });
      told.onProgress?.(progress);
    };
    try {
      const result = await this.#call(direction, { ...nameFilterOf(this.root), ...options }, { onProgress, signal });
      this.#error = undefined;
      this.#hasTransferred ||= result.errors.length === 0;
      return result;
    } catch (error) {
      // What could not begin has moved nothing; where the remote is to blame, it need not be asked again to know that.
      if (CoralError.means(error, 'lies with the remote')) this.#error = error;
      throw error;
    } finally {
      this.#setActivity(undefined);
    }
  }

  /** What the worker needs to know to reach it; rejects when it may not be contacted. */
  async request(): Promise<RemoteRequest> {
    if (!this.isAllowed) {
      throw new CoralError(
        'denied', `${this.name} is not connected: it came with this folder. Choose Connect in the Remotes view.`, { remote: this.name },
      );
    }
    return this.#request();
  }

  async #check(signal: AbortSignal | undefined): Promise<void> {
    const turn = this.#turn = this.#host.looks.take();
    await turn.come;
    this.#host.changed(this);
    try {
      this.#status = await this.#call('status', {}, { signal });
      this.#error = undefined;
      void this.#host.memory.set(this.root, this.summary, this.#status);
    } catch (error) {
      if (CoralError.is(error, 'cancelled')) return;
      this.#error = CoralError.from(error).with({ remote: this.name });
      this.#host.log.warn(`${this.name}: ${this.#error.message}`);
    } finally {
      turn.done();
    }
  }

  async #call<Method extends RemoteMethod>(method: Method, request: Request<Method>, options?: CallOptions): Promise<Reply<Method>> {
    const reach = method === 'credentialsSource' ? await this.#request() : await this.request();
    try {
      return await this.#host.client.call(method, { ...request, ...reach }, options);
    } catch (error) {
      if (CoralError.is(error, 'conflict')) await this.#readAgain();
      throw error;
    }
  }

  #setActivity(activity: Activity | undefined): void {
    this.#activity = activity;
    this.#host.changed(this);
  }

  async #request(): Promise<RemoteRequest> {
    if (!vscode.workspace.isTrusted) {
      throw new CoralError(
        'denied', 'Coral contacts remotes only in a trusted workspace. Trust it with "Workspaces: Manage Workspace Trust".',
      );
    }
    const credentials = await this.#host.vault.get(this.summary);
    return { root: this.root, remote: this.name, credentials, agreed: this.#host.consents.agreedTo(this.at, credentials !== undefined) };
  }
}
