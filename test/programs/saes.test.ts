import { expect, test } from 'vitest';
import { ghosttree } from '../support/terminal.js';

test('saes lists what words find, and says of one how to ask it, or why it cannot be asked', async () => {
  const several = await ghosttree(['saes', '270m-pt-res-all', '16k', 'small']);
  expect(several.code).toBe(0);
  expect(several.stdout).toMatch(
    /^gemma-scope-2-270m-\S+ \S+ {2}layer \d+ resid_post, 16384 features, L0 \d+$/m,
  );
  expect(several.stdout).toMatch(/^\d+ SAEs, of which \d+ can be asked\./m);
  expect(several.stdout).toMatch(/^Registry: SAELens, .* \(2026-07-04\)\.$/m);

  const one = await ghosttree(['saes', 'gpt2-small-res-jb', 'blocks.8.hook_resid_pre']);
  expect(one.stdout).toContain('\ngpt2-small-res-jb.blocks.8.hook_resid_pre:\n  title: ');
  expect(one.stdout).toContain('pull gpt2-small-res-jb.blocks.8.hook_resid_pre\n');

  const other = await ghosttree(['saes', 'gemma-scope-2-270m-pt-mlp', 'layer_9_width_16k_l0_small']);
  expect(other.stdout).toContain('It cannot be asked yet.');
  expect(other.stdout).not.toContain('models.yaml');
});

test('words that nothing has, and a pull by the names of the registry, get a line with the remedy', async () => {
  const nothing = await ghosttree(['saes', 'no-such-sae']);
  expect(nothing.code).not.toBe(0);
  expect(nothing.stderr).toMatch(/No SAE of the registry .* has all of these words: no-such-sae\. Use fewer/);
  const pull = await ghosttree(['pull', 'gpt2-small-res-jb', 'blocks.8.hook_resid_pre']);
  expect(pull.stderr).toMatch(/saes gpt2-small-res-jb blocks\.8\.hook_resid_pre/);
});
