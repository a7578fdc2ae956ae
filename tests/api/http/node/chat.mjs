// Talks to a service with OpenAI's own client for Node, and prints what it understood as JSON.
import { createRequire } from "node:module";

const [packages, baseURL, question] = process.argv.slice(2);
const { default: OpenAI } = createRequire(`${packages}/`)("openai");
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: question }];

const models = [];
for await (const model of await client.models.list()) models.push(model.id);

const whole = await client.chat.completions.create({ model: "quoth", messages });

let streamed = "";
let finish = null;
let usage = null;
let cited = null;
const stream = await client.chat.completions.create({
  model: "quoth",
  messages,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  finish = chunk.choices[0]?.finish_reason ?? finish;
  usage = chunk.usage ?? usage;
  cited = chunk.quoth?.citations ?? cited;
}

const failures = [];
for (const wrong of [{ model: "gpt-5", messages }, { model: "quoth", messages: [] }]) {
  try {
    await client.chat.completions.create(wrong);
  } catch (error) {
    failures.push({
      name: error.constructor.name,
      status: error.status,
      code: error.code,
      param: error.param,
      type: error.type,
    });
  }
}

console.log(
  JSON.stringify({
    models,
    whole: whole.choices[0].message.content,
    usage: whole.usage,
    quoth: whole.quoth.outcome,
    streamed,
    finish,
    streamed_usage: usage,
    cited: cited?.length,
    failures,
  }),
);
