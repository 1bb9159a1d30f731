import { z } from 'zod';
import {
  type Asked,
  askedBy,
  type ParameterCommand,
  type ParameterName,
  type ParameterValues,
  parameterNamed,
} from './parameters.js';
import { accepts, rangeText, ruleWithin, type WorkLimits } from './rules.js';

/** Schema of a parameter's value. @param limits of an operator, which bound some of them further */
export function parameterSchema<Name extends ParameterName>(
  name: Name,
  limits?: WorkLimits,
): z.ZodType<ParameterValues[Name]> {
  const row = parameterNamed(name);
  const rule = limits ? ruleWithin(row, limits) : row;
  return z.custom<ParameterValues[Name]>((value) => accepts(rule, value), {
    error: `expected ${rangeText(rule)}`,
  });
}

/** Schema of the parameters of a command's question: all of them, and nothing else. */
export function askedSchema<Command extends ParameterCommand>(
  command: Command,
  limits: WorkLimits,
): z.ZodType<Asked<Command>> {
  const shape = Object.fromEntries(askedBy(command).map((name) => [name, parameterSchema(name, limits)]));
  return z.strictObject(shape) as unknown as z.ZodType<Asked<Command>>;
}
