// Which media can send a message in this installation, decided by the configuration alone.
// The channels themselves are opened in messaging/channels/open.

import type { Medium } from '../../core/mediums.ts'

/** The parts of the configuration that decide this: a provider's part is undefined when its credentials are not set. */
export interface MediumConfig {
  production: boolean
  wechat: object | undefined
  twilio: object | undefined
  wechaty: object | undefined
}

/** The media that can send here. Production closes a medium without credentials, because a sandbox would record notices as served. */
export function openMediums(config: MediumConfig): ReadonlySet<Medium> {
  const mediums: Medium[] = ['clerk']
  if (config.wechat !== undefined || !config.production) mediums.push('wechat')
  if (config.twilio !== undefined || !config.production) mediums.push('sms')
  if (config.twilio === undefined && !config.production) mediums.push('voice')
  if (config.wechaty !== undefined) mediums.push('wechaty')
  return new Set(mediums)
}
