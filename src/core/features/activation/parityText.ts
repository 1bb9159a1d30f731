/**
 * What the parity check reads: plain English of several kinds, about 40 tokens a passage for a tokenizer trained on
 * English. Bands in the model catalogue were measured on exactly these words; changing them means measuring again.
 */
export const PARITY_PASSAGES: readonly string[] = [
  'The ferry left the harbour a little after nine, and by the time the sun had burned the mist away we could see the island, its white houses stacked above the water like sugar cubes.',
  'A bicycle is a vehicle with two wheels, one behind the other, that is driven by pedals and steered with a bar that turns the front wheel from one side to the other.',
  'To make the soup, fry two chopped onions in butter until they are soft, add a litre of water and three large potatoes, and let everything cook slowly for about half an hour.',
  'The committee met on Tuesday to discuss the budget for the coming year. After two hours it agreed to repair the bridge first and to put off the new library until the autumn.',
  '"Have you seen my keys?" she asked. "They were on the table this morning, next to the letters, and now I cannot find them anywhere." Her brother laughed and opened the fridge.',
  'When a metal is heated its atoms move faster and need more room, so that a long steel rail grows by several millimetres on a hot day; engineers leave small gaps between them.',
  'In the last minute of the match the goalkeeper ran forward for a corner, met the ball with his head, and scored the only goal of his career in front of forty thousand people.',
  'If a program stops without a message, look at the log first: it lists every file that was opened, in order, and the last name in it is often the one that caused the trouble.',
];
