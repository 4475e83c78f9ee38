/** A thread that reads files for the one that keeps the index: orders come in, readings as bytes go out. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { readFiles } from './fileReading.ts';
import { encodeReadings } from './readingCodec.ts';
import { Claimer, type OrdersMessage, type ReadingsMessage, type ReadOrder } from './readQueue.ts';
import { WrapperNames } from './wrapperNames.ts';

interface Queue {
  readonly claimer: Claimer;
  readonly orders: ReadOrder[];
  readonly names: WrapperNames;
  /** The names that the other thread has in the same order. */
  told: number;
}

const port = workerData as MessagePort;
const queues = new Map<number, Queue>();

function hear({ queue: id, claims, thread, orders, names }: OrdersMessage): void {
  if (!orders) {
    queues.delete(id);
    return;
  }
  let queue = queues.get(id);
  if (!queue) {
    queue = { claimer: new Claimer(claims, thread), orders: [], names: new WrapperNames(), told: 0 };
    queues.set(id, queue);
  }
  for (const order of orders) queue.orders.push(order);
  for (const name of names) queue.names.add(name);
}

/** Reads one order, where there is one that nobody else reads. */
function readOne(): boolean {
  for (const [id, queue] of queues) {
    const { claimer, orders, names, told } = queue;
    const number = claimer.claim(orders.length);
    if (number === undefined) continue;
    const { paths, known } = orders[number];
    const bytes = encodeReadings(readFiles(paths, known, names), names, told);
    queue.told = names.count;
    const message: ReadingsMessage = { queue: id, number, bytes };
    port.postMessage(message, [bytes.buffer]);
    return true;
  }
  return false;
}

port.on('message', (message: OrdersMessage) => {
  hear(message);
  do {
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) hear(more.message);
  } while (readOne());
});
