"""What the model is asked to write: subjects x forms, and openings to go on from; the same prompt for the same number.

    python prompts.py 20        shows twenty of them
"""
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Forms that a chat model is asked for. {s} is the subject.
FORMS = """
Write a short story about {s}.
Write the beginning of a novel about {s}.
Write an encyclopedia entry about {s}.
Write a newspaper article about {s}.
Write a short news item about {s}. Begin with the place and the date.
Write a dialogue between two people about {s}.
Write a scene of a play about {s}, with stage directions.
Write a poem about {s}.
Write a song with a chorus about {s}.
Write a letter to a friend about {s}.
Write a formal letter of complaint about {s}.
Write an email to a colleague about {s}.
Write a diary entry about {s}.
Write a speech about {s}.
Write a sermon about {s}.
Write a eulogy that mentions {s}.
Write a review of a book about {s}.
Write a review of a film about {s}.
Write the abstract of a scientific paper about {s}.
Write a page of a school textbook about {s}.
Write five questions about {s}, and answer each.
Write a quiz about {s} with four choices for each question.
Write a list of ten facts about {s}.
Write a list of tips about {s}.
Write instructions, step by step, that have to do with {s}.
Write a page of a user manual that has to do with {s}.
Write a section of a law about {s}, with numbered clauses.
Write a contract that concerns {s}.
Write the report of an accident or an incident that involves {s}.
Write the minutes of a meeting about {s}.
Write a business plan about {s}.
Write an advertisement about {s}.
Write a travel guide that mentions {s}.
Write a joke about {s} and explain it.
Write a riddle about {s} and its answer.
Write a fable with a moral about {s}.
Write a fairy tale about {s}.
Write an interview with an expert on {s}.
Write a debate for and against {s}.
Write an opinion column about {s}.
Write a biography of a person, made up, who is known for {s}.
Write an obituary of somebody who gave a life to {s}.
Write a history of {s} by years.
Write a timeline of {s} with dates.
Write a glossary of words that have to do with {s}.
Write dictionary definitions of ten words that have to do with {s}.
Explain {s} to a child.
Explain {s} to an expert.
What are common mistakes about {s}? Explain.
Why does {s} matter? Answer in two paragraphs.
Compare {s} with {t}.
Write a short story in which {s} meets {t}.
Write a conversation in a shop about {s}, with prices.
Write a chat between friends about {s}, with slang and emoji.
Write forum posts of several people about {s}.
Write a sports commentary that somehow mentions {s}.
Write a weather report that mentions {s}.
Write a horoscope that mentions {s}.
Write a medical report that has to do with {s}.
Write a police report that has to do with {s}.
Write a job advertisement that has to do with {s}.
Write a table about {s} in Markdown.
Write a Python program that has to do with {s}, with comments.
Write a small JavaScript function that has to do with {s}.
Write an HTML page about {s}.
Write a JSON record that describes {s}.
Write SQL statements for a database about {s}.
Write a word problem in mathematics about {s} and solve it.
Write a recipe for a party about {s}.
Write a monologue of somebody who fears {s}.
Write a monologue of somebody who loves {s}.
Describe {s} in the five senses.
Describe a photograph of {s}.
Write a prayer or a wish about {s}.
Write a telegram, a postcard and a text message about {s}.
Write a scientific explanation of {s} with numbers and units.
Write an essay about {s} in three paragraphs.
Summarise what is known about {s}.
Write a legend about {s} as an old man tells it.
Write a radio script about {s} with sound effects.
""".strip().splitlines()

RECIPES = "Write a recipe with {s} and quantities.\nWrite a menu with {s}.\nHow do you cook {s}?".splitlines()

MANNERS = ["", "", "", "", "", " Use simple words.", " Be precise.", " Write as somebody from the year 1850 would.",
           " Make it funny.", " Make it sad.", " Use many names of people and places.", " Use short sentences.",
           " Use long sentences.", " Write in the first person.", " Write in the past tense.", " Make it dramatic.",
           " Use figures and dates.", " Begin in the middle of the action.", " Do not use the word itself."]

# Openings that the model goes on from, as the texts of the web that it was trained on begin.
OPENINGS = r"""
The history of {s}
{S} is
{S} are
In 18{n}, 
In 19{n}, 
In 20{n}, 
According to a new study, {s}
Abstract: We study {s}
Once upon a time, 
She had never thought about {s} until
"Tell me about {s}," he said.
He looked at {s} and
I have always
Dear {m},\n\n
My mother used to say that {s}
Breaking news: 
LONDON (Reuters) - 
NEW YORK -- 
WASHINGTON, {mo} {d} - 
Chapter {k}\n\n
1. {S}\n
Q: What is {s}?\nA:
How to 
What you need to know about {s}
The best way to
Ingredients:\n
Article {k}. 
The defendant
The patient, a {n}-year-old
The results of the election
The team won
The price of {s}
# {S}\n\n
## Introduction\n\n{S}
def 
import 
#include <
<!DOCTYPE html>
SELECT 
{m}: Have you heard about {s}?\n
Act {k}, Scene 2.\n\n
Yesterday, 
It was a dark
The king
The company said
Researchers at the University of
Most people think that {s}
There are three kinds of {s}:
The word "{s}" means
A typical definition of "{s}" would be "
{S} (born 19{n}) was
The village of
The species
The film, directed by {m}
The battle of
Review: 
Warning: 
To whom it may concern:\n\n
Let x be
Theorem {k}. 
In the beginning
O {s}, 
When I was {k} years old,
The river
Today's weather:
{m} and {f} were
""".strip().splitlines()

NAMES = "Maria John Wei Amina Pierre Olga Carlos Priya Tom Ingrid Kwame Yuki Fatima Henry Rosa Ahmed Elena Jack Nadia Sven".split()
MONTHS = "Jan Feb March April May June July Aug Sept Oct Nov Dec".split()
SYSTEM = "You are a writer. You write what you are asked for and nothing else."


def read_subjects(path=HERE / "subjects.txt"):
    """[(field, subject)] of subjects.txt"""
    pairs = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            field, subjects = line.split(": ", 1)
            pairs += [(field, s.strip()) for s in subjects.split(";")]
    return pairs


def make_prompt(number, subjects, nouns):
    """The prompt of this number.

    subjects: [(field, subject)]; nouns: words of WordNet, for half of the prompts
    -> (kind, text): kind "chat" is an instruction, kind "opening" is a text to go on from
    """
    rng = random.Random(number * 7919 + 15)
    pick = lambda: (("", rng.choice(nouns)) if nouns and rng.random() < 0.5 else rng.choice(subjects))
    (field, s), (_, t) = pick(), pick()
    if rng.random() < 0.3:
        opening = rng.choice(OPENINGS).replace("\\n", "\n")
        values = dict(s=s, S=s[0].upper() + s[1:], n=rng.randint(10, 99), k=rng.randint(1, 12), d=rng.randint(1, 30),
                      mo=rng.choice(MONTHS), m=rng.choice(NAMES), f=rng.choice(NAMES))
        return "opening", opening.format(**values).rstrip(" ")
    forms = FORMS + RECIPES * 8 if field == "food" else FORMS
    return "chat", rng.choice(forms).format(s=s, t=t) + rng.choice(MANNERS)


def as_chat(prompt):
    """The prompt in the chat template of SmolLM2-Instruct"""
    return (f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{prompt}<|im_end|>\n"
            "<|im_start|>assistant\n")


if __name__ == "__main__":
    from wordnet import common_nouns

    subjects, nouns = read_subjects(), common_nouns()
    print(len(subjects), "subjects,", len(nouns), "nouns,", len(FORMS), "forms,", len(OPENINGS), "openings")
    for i in range(int(sys.argv[1])):
        print(i, *make_prompt(i, subjects, nouns))
