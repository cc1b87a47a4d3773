import { EntityManager } from '@mikro-orm/pglite';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { Book } from './book.entity.js';

@Controller('books')
export class BookController {
  constructor(private readonly em: EntityManager) {}

  @Get()
  async list(): Promise<Book[]> {
    return this.em.find(Book, {}, { orderBy: { id: 'asc' } });
  }

  @Post()
  async create(@Body() book: Pick<Book, 'title'>): Promise<Book> {
    const created = this.em.create(Book, { status: 'draft', ...book });
    await this.em.flush();
    return created;
  }
}
