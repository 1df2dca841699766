import { describe, expect, it } from "vitest";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { measured } from "./__test-helpers__/measured.js";
import { settingsOf, settingWith } from "./settings.js";

const everything = { momentum: true, centered: true, weightDecay: true };

describe("settingWith", () => {
  it("is the dialect's defaults with parts switched on", () => {
    const pytorch = dialectById("pytorch");
    expect(settingWith(measured(pytorch), {})).toEqual(pytorch.defaults);
    expect(settingWith(measured(pytorch), everything)).toEqual({
      ...pytorch.defaults,
      momentum: 0.9,
      centered: true,
      weight_decay: 0.01,
    });
  });

  it("leaves off what is not offered, and what the dialect has not", () => {
    const pytorch = dialectById("pytorch");
    const poor = measured(pytorch, ["momentum", "centered", "weight-decay"]);
    expect(settingWith(poor, everything)).toEqual(pytorch.defaults);
    const textbook = dialectById("textbook");
    expect(settingWith(measured(textbook), everything)).toEqual(textbook.defaults);
  });

  it("says of a dialect that is always centered that it is", () => {
    const graves = dialectById("graves-2013");
    expect(settingWith(measured(graves), {})).toMatchObject({ centered: true, momentum: 0 });
  });
});

describe("settingsOf", () => {
  it("has the plain rule, each part alone and all together", () => {
    const parts = settingsOf(measured(dialectById("pytorch"))).map((h) => [
      h.momentum > 0,
      h.centered,
      h.weight_decay > 0,
    ]);
    expect(parts).toEqual([
      [false, false, false],
      [true, false, false],
      [false, true, false],
      [false, false, true],
      [true, true, true],
    ]);
  });

  it.each(DIALECTS.map(({ id }) => id))("has no setting of %s twice", (id) => {
    const texts = settingsOf(measured(dialectById(id))).map((h) => JSON.stringify(h));
    expect(texts.length).toBeGreaterThan(0);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
