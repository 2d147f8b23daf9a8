import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/columns.ts';

/** A question of one node to another about instances that are connected there. */
@Entity('node_question')
export class NodeQuestionEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  /** Who is asked. */
  @Column({ type: 'text' }) nodeId!: string;
  @Column({ type: 'text' }) askedBy!: string;
  @Column({ type: 'text' }) kind!: string;
  @JsonColumn() question!: object;
  /** Null as long as there is none. */
  @JsonColumn({ nullable: true }) answer!: object | null;
}
