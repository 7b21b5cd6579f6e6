// The order of questions, without the questions: knows neither vscode nor what is asked.

export const back = Symbol('back');

/** Where a question stands among the others. */
export interface StepPosition {
  /** from 1 */
  readonly step: number;
  readonly totalSteps: number;
}

export interface Step<State> {
  /** Whether it is to be asked after what was answered so far; always when absent. */
  readonly applies?: (state: State) => boolean;
  /** The state with the answer in it; `back` for the question before, undefined to give up. Asked again, it begins with its last answer. */
  ask(state: State, at: StepPosition): Promise<State | typeof back | undefined>;
}

/** Asks one after another, back and forth; undefined when the person gives up, as they do by going back before the first question. */
export async function runSteps<State>(steps: readonly Step<State>[], start: State): Promise<State | undefined> {
  const asked: number[] = [];
  let state = start;
  let index = nextStep(steps, state, 0);
  while (index < steps.length) {
    const at = { step: asked.length + 1, totalSteps: asked.length + countFrom(steps, state, index) };
    const answer = await steps[index]?.ask(state, at);
    if (answer === undefined) return undefined;
    if (answer === back) {
      const before = asked.pop();
      if (before === undefined) return undefined;
      index = before;
    } else {
      asked.push(index);
      state = answer;
      index = nextStep(steps, state, index + 1);
    }
  }
  return state;
}

function nextStep<State>(steps: readonly Step<State>[], state: State, from: number): number {
  const found = steps.findIndex((step, index) => index >= from && (step.applies?.(state) ?? true));
  return found === -1 ? steps.length : found;
}

/** The step at `from` and those to come, as far as can be told now. */
function countFrom<State>(steps: readonly Step<State>[], state: State, from: number): number {
  return 1 + steps.slice(from + 1).filter((step) => step.applies?.(state) ?? true).length;
}
