import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { interleavingProperties } from "../../../properties/interleavings.js";
import { PropertyFailure } from "../../../properties/property-failure.js";
import { Subject } from "../../../properties/subject.js";
import { CAPABILITIES } from "../../../spec/capabilities.js";
import { dialectById } from "../../../spec/dialects.js";
import { declarationOf } from "../../../src/judge/declaration.js";
import { INTERLEAVING_MUTANTS } from "./interleaved.js";
import { PlainOptimizer, type Saved } from "./plain-optimizer.js";
import { adapterOf, type Variant, withClass } from "./variant.js";

const [property] = interleavingProperties;
const declaration = declarationOf(dialectById("pytorch"));

function run(subject: Variant, seed: number, numRuns: number) {
  const capabilities = subject.declares?.capabilities ?? CAPABILITIES;
  const requested = new Subject(adapterOf(subject), capabilities, declaration, false);
  const drawn = fc.asyncProperty(property.arbitrary(declaration, capabilities), (input) =>
    property.check(input, requested),
  );
  return fc.check(drawn, { seed, numRuns });
}

type FailingProgram = NonNullable<PropertyFailure["evidence"]>["program"];

/** The smallest failing program, if one is found. */
async function failing(subject: Variant, seed: number, numRuns = 600): Promise<FailingProgram | undefined> {
  const { errorInstance } = await run(subject, seed, numRuns);
  if (errorInstance && !(errorInstance instanceof PropertyFailure)) throw errorInstance;
  return (errorInstance as PropertyFailure | null)?.evidence?.program;
}

/** The buffer is left out of a checkpoint, but only after a change. */
const forgettingAfterChange = withClass(
  class extends PlainOptimizer {
    private changed = false;

    override setHyperparameters(group: number, changes: object): void {
      super.setHyperparameters(group, changes);
      this.changed = true;
    }

    override save(): Saved {
      const saved = super.save();
      if (this.changed) for (const state of saved.states) delete state?.momentum_buffer;
      return saved;
    }
  },
);

/** One step count for all parameters. */
const sharedCount = withClass(
  class extends PlainOptimizer {
    override step(gradients: readonly (Float32Array | null)[]): void {
      super.step(gradients);
      const most = Math.max(0, ...this.states.map((state) => state?.step ?? 0));
      for (const state of this.states) if (state) state.step = most;
    }
  },
);

function variant(id: string, create: Variant["create"]): Variant {
  return { id, title: id, create };
}

describe("a failure shrinks to the shortest interleaving", () => {
  const shortest = {
    // init, set of the second group, checkpoint, step, observe
    "checkpoint-keeps-changes-of-the-first-group": 5,
    // init, load of one of two, or of both; observe
    "load-drops-the-states-that-it-does-not-list": 3,
    // init, load of two, step, observe
    "loaded-state-shared-by-equal-lengths": 4,
    // init, step, step with a gradient missing, checkpoint, observe
    "checkpoint-after-a-missing-gradient-loses-the-count": 5,
  };
  const planted: [what: string, most: number, create: Variant["create"]][] = [
    // init, step, set, checkpoint, observe
    ["a checkpoint loses the momentum buffer after a change", 5, forgettingAfterChange],
    // init, a step with a gradient missing, a step with it, observe
    ["a step count is shared by all parameters", 4, sharedCount],
    ...Object.entries(shortest).map(([id, most]): (typeof planted)[number] => {
      const mutant = INTERLEAVING_MUTANTS.find((one) => one.id === id) as Variant;
      return [id, most, mutant.create];
    }),
  ];

  test.each(planted)("%s: at most %i operations", async (id, most, create) => {
    const program = await failing(variant(id, create), 1);
    expect(program?.operations.length).toBeLessThanOrEqual(most);
  });

  it("and the program fails again when it is sent alone", async () => {
    const subject = variant("alone", forgettingAfterChange);
    const program = await failing(subject, 3);
    const adapter = adapterOf(subject);
    const [reply] = await adapter.run([program as FailingProgram]);
    const [right] = await adapterOf(variant("right", withClass(PlainOptimizer))).run([
      program as FailingProgram,
    ]);
    expect(reply.status).toBe("ok");
    expect(reply).not.toEqual(right);
  });
});

describe("nothing is said against", () => {
  it("an optimizer that has no answer where a buffer is needed late", async () => {
    const strict = withClass(
      class extends PlainOptimizer {
        protected override stepParameter(k: number, gradient: Float32Array): void {
          const state = this.states[k];
          const { centered, momentum } = this.hyperparameters[this.groupOf[k]];
          if (state && ((centered && !state.grad_avg) || (momentum > 0 && !state.momentum_buffer)))
            throw new Error("KeyError: 'momentum_buffer'");
          super.stepParameter(k, gradient);
        }
      },
    );
    expect(await failing(variant("strict", strict), 5, 60)).toBeUndefined();
  });

  it("an optimizer that can do nothing but step, of which nothing else is asked", async () => {
    const few = { ...variant("few", withClass(PlainOptimizer)), declares: { capabilities: [] } };
    const { failed, numSkips } = await run(few, 1, 60);
    expect({ failed, numSkips }).toEqual({ failed: false, numSkips: 0 });
  });
});
