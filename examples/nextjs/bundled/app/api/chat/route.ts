import "../../../tracing";
import { ChatOpenAI } from "@langchain/openai";

/** `GET /api/chat?question=…` */
export async function GET(request: Request): Promise<Response> {
  const question = new URL(request.url).searchParams.get("question") ?? "Hello";
  const model = new ChatOpenAI({ model: "gpt-5.4-mini" });
  const answer = await model.invoke(question);
  return Response.json({ answer: answer.text });
}
