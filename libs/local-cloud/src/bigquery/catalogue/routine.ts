import { invalid } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

export interface RoutineReference {
  readonly project: string;
  readonly dataset: string;
  readonly routine: string;
}

/** A function written in GoogleSQL. Types are kept as REST shows them. */
export interface Routine {
  readonly reference: RoutineReference;
  readonly parameters: readonly RoutineParameter[];
  /** An expression of the parameters. */
  readonly body: string;
  /** Undefined where the body says it. */
  readonly returnType: JsonObject | undefined;
  readonly description: string | undefined;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export interface RoutineParameter {
  readonly name: string;
  /** A StandardSqlDataType; undefined takes any type. */
  readonly type: JsonObject | undefined;
}

export const routineName = ({ project, dataset, routine }: RoutineReference): string =>
  `${project}:${dataset}.${routine}`;

/** Reads the body of `routines.insert` and `routines.update`. */
export function readRoutine(
  { project, dataset }: Pick<RoutineReference, 'project' | 'dataset'>,
  body: JsonObject,
  nowMs: number,
): Routine {
  const routine = textOf(objectOf(body['routineReference'])['routineId']) ?? '';
  if (!/^[A-Za-z_]\w{0,255}$/.test(routine)) throw invalid(`Invalid routine ID "${routine}"`);
  if (body['routineType'] !== 'SCALAR_FUNCTION' || (body['language'] ?? 'SQL') !== 'SQL') {
    throw invalid('The local BigQuery serves routines of type SCALAR_FUNCTION in SQL only');
  }
  const definition = textOf(body['definitionBody']) ?? '';
  if (definition.trim() === '') throw invalid('Required parameter is missing: definitionBody');
  return {
    reference: { project, dataset, routine },
    parameters: listOf(body['arguments']).map((argument) => {
      const { name, argumentKind, dataType } = objectOf(argument);
      if (typeof name !== 'string') throw invalid('Each argument of a routine must have a name');
      if (dataType == null && argumentKind !== 'ANY_TYPE') throw invalid(`Argument ${name} has no dataType`);
      return { name, type: dataType == null ? undefined : objectOf(dataType) };
    }),
    body: definition,
    returnType: body['returnType'] == null ? undefined : objectOf(body['returnType']),
    description: textOf(body['description']),
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  };
}

/** Reads the routine's JSON from the store. */
export function restoreRoutine(stored: string): Routine {
  const value = objectOf(JSON.parse(stored));
  const { project, dataset, routine } = objectOf(value['reference']);
  return {
    reference: { project: String(project), dataset: String(dataset), routine: String(routine) },
    parameters: listOf(value['parameters']).map((parameter) => {
      const { name, type } = objectOf(parameter);
      return { name: String(name), type: type == null ? undefined : objectOf(type) };
    }),
    body: String(value['body']),
    returnType: value['returnType'] == null ? undefined : objectOf(value['returnType']),
    description: textOf(value['description']),
    createdAtMs: Number(value['createdAtMs']),
    modifiedAtMs: Number(value['modifiedAtMs']),
  };
}

/** The routine as `routines.get` shows it. */
export function toRoutineResource(routine: Routine): object {
  const { project, dataset, routine: routineId } = routine.reference;
  return {
    routineReference: { projectId: project, datasetId: dataset, routineId },
    routineType: 'SCALAR_FUNCTION',
    language: 'SQL',
    arguments: routine.parameters.map(({ name, type }) =>
      type === undefined ? { name, argumentKind: 'ANY_TYPE' } : { name, dataType: type },
    ),
    ...(routine.returnType !== undefined && { returnType: routine.returnType }),
    definitionBody: routine.body,
    ...(routine.description !== undefined && { description: routine.description }),
    creationTime: String(routine.createdAtMs),
    lastModifiedTime: String(routine.modifiedAtMs),
  };
}
