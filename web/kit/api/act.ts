// A change of the server's data from a screen: what it may have changed is read anew, whatever came of it.

import { useMutation, useQueryClient, type UseMutationReturnType } from '@tanstack/vue-query'

/**
 * @param act one call of the server.
 * @param keys the beginnings of the keys of the queries that are out of date afterwards.
 */
export function useAct<Given, Done>(
  act: (given: Given) => Promise<Done>,
  ...keys: (readonly unknown[])[]
): UseMutationReturnType<Done, Error, Given, unknown> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSettled: () => Promise.all([...keys, ['todo']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}
